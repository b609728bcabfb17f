import uPlot from "uplot";
import { compactMoney } from "../format.js";

/** Observed P&L of one pool, with where the tail begins. Losses are positive, as everywhere in the library. */
export interface Distribution {
  readonly pnl: Float64Array;
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  /** height of the model's own density at a P&L, per unit of P&L; null where the model is the sample itself */
  readonly density: ((pnl: number) => number) | null;
}

export interface Bins {
  readonly width: number;
  readonly centres: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Equal bins over the sample, of Scott's width 3.49 s n^(−1/3) but at least 24 and at most 80 of them, with an edge at
 * `edge`, so that no bin lies on both sides of it. A sample without spread is one bin.
 *
 * Source: Scott, On optimal and data-based histograms (1979).
 */
export function bins(sample: Float64Array, edge: number): Bins {
  let low = Infinity;
  let high = -Infinity;
  let sum = 0;
  for (const value of sample) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  const mean = sum / sample.length;
  let squares = 0;
  for (const value of sample) squares += (value - mean) ** 2;
  const range = high - low;
  const deviation = Math.sqrt(squares / sample.length);
  const scott = 3.49 * deviation * sample.length ** (-1 / 3);
  const width = range > 0 ? Math.min(Math.max(scott, range / 80), range / 24) : Math.max(Math.abs(low), 1);
  const first = Math.floor((low - edge) / width);
  const count = Math.floor((high - edge) / width) - first + 1;
  const counts = new Float64Array(count);
  for (const value of sample) {
    const bin = Math.min(Math.max(Math.floor((value - edge) / width) - first, 0), count - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { width, centres: counts.map((_, bin) => edge + (first + bin + 0.5) * width), counts };
}

interface Mark {
  readonly at: number;
  readonly label: string;
  readonly colour: string;
}

/** The histogram as a canvas that follows the width of `host` and the colour scheme. */
export class DistributionChart {
  private readonly host: HTMLElement;
  private plot: uPlot | null = null;
  private shown: Distribution | null = null;
  private marks: readonly Mark[] = [];

  constructor(host: HTMLElement) {
    this.host = host;
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(host);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.rebuild());
  }

  /** Draw `distribution`; the text alternative is the caller's, since it knows pool, unit and dates. */
  show(distribution: Distribution): void {
    const hadDensity = this.shown?.density != null;
    this.shown = distribution;
    if (this.plot === null || hadDensity !== (distribution.density !== null)) {
      this.rebuild();
    } else {
      this.marks = this.marksOf(distribution);
      this.plot.setData(this.series(distribution));
    }
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.plot = null;
    const distribution = this.shown;
    if (distribution === null) return;
    this.marks = this.marksOf(distribution);
    const bars = uPlot.paths.bars?.({ size: [1, Infinity], gap: 1 });
    const axis = {
      stroke: this.colour("--soft"),
      grid: { stroke: this.colour("--line"), width: 1 },
      ticks: { show: false },
      font: `12px ${getComputedStyle(this.host).fontFamily}`,
    };
    const filled = (name: string): uPlot.Series => ({
      stroke: this.colour(name),
      fill: this.colour(name),
      width: 0,
      points: { show: false },
      ...(bars === undefined ? {} : { paths: bars }),
    });
    const smooth = uPlot.paths.spline?.();
    const curve: uPlot.Series = {
      stroke: this.colour("--ink"),
      width: 1.5,
      points: { show: false },
      ...(smooth === undefined ? {} : { paths: smooth }),
    };
    this.plot = new uPlot(
      {
        ...this.size(),
        padding: [28, 12, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: (_, low, high) => this.span(low, high) },
          y: { range: (_, __, high) => [0, high * 1.02] },
        },
        axes: [
          { ...axis, grid: { show: false }, values: (_, splits) => splits.map(compactMoney), space: 64 },
          { ...axis, size: 40, space: 36 },
        ],
        series: [{}, filled("--bar"), filled("--tail"), ...(distribution.density === null ? [] : [curve])],
        hooks: { draw: [(plot) => this.drawMarks(plot)] },
      },
      this.series(distribution),
      this.host,
    );
  }

  /** Bars left and right of −VaR as two series (two colours), and the density scaled to expected counts per bin. */
  private series({ pnl, valueAtRisk, density }: Distribution): uPlot.AlignedData {
    const { width, centres, counts } = bins(pnl, -valueAtRisk);
    const body = Array.from(counts, (count, bin) => ((centres[bin] ?? 0) > -valueAtRisk ? count : null));
    const tail = Array.from(counts, (count, bin) => ((centres[bin] ?? 0) > -valueAtRisk ? null : count));
    const x = Array.from(centres);
    return density === null ? [x, body, tail] : [x, body, tail, x.map((at) => density(at) * width * pnl.length)];
  }

  /** The bins with half a bin of air, wide enough for the marks. */
  private span(low: number, high: number): [number, number] {
    const at = this.marks.map((mark) => mark.at).filter(Number.isFinite);
    const left = Math.min(low, ...at);
    const right = Math.max(high, ...at);
    const air = (right - left || Math.abs(left) || 1) * 0.04;
    return [left - air, right + air];
  }

  private marksOf({ valueAtRisk, expectedShortfall }: Distribution): readonly Mark[] {
    return [
      { at: -expectedShortfall, label: "ES", colour: this.colour("--negative") },
      { at: -valueAtRisk, label: "VaR", colour: this.colour("--ink") },
    ].filter((mark) => Number.isFinite(mark.at));
  }

  /** A line at each mark with its name above the plot: ES to the left of its line, VaR to the right, so they never meet. */
  private drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    ctx.save();
    ctx.font = `600 ${12 * scale}px ${getComputedStyle(this.host).fontFamily}`;
    ctx.textBaseline = "bottom";
    ctx.textAlign = "left";
    ctx.lineWidth = 2 * scale;
    this.marks.forEach(({ at, label, colour }, index) => {
      const x = Math.round(plot.valToPos(at, "x", true));
      ctx.strokeStyle = colour;
      ctx.fillStyle = colour;
      ctx.setLineDash(index === 0 ? [4 * scale, 3 * scale] : []);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top - 8 * scale);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const text = `${label} ${compactMoney(-at)}`;
      const wide = ctx.measureText(text).width;
      const left = index === 0 ? x - wide - 4 * scale : x + 4 * scale;
      ctx.fillText(text, Math.min(Math.max(left, 0), ctx.canvas.width - wide), bbox.top - 10 * scale);
    });
    ctx.restore();
  }

  private colour(name: string): string {
    return getComputedStyle(this.host).getPropertyValue(name).trim();
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(this.host.clientWidth, 200), height: 240 };
  }
}
