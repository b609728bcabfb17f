import { h } from "../dom.js";
import { figure, move, percent, price } from "../format.js";

/** Where one factor alone liquidates the pool. */
export interface Level {
  readonly factor: string;
  /** price of the factor now; 1 for a factor that is not priced itself, such as a basis */
  readonly now: number;
  /** nearest liquidating price below and above; null where no such price exists */
  readonly below: number | null;
  readonly above: number | null;
  /** holdings and positions that move along */
  readonly moves: readonly string[];
  /** relative move of the factor in the most likely liquidation scenario; null where there is none */
  readonly likely: number | null;
}

/** The drawn range of price ÷ price now, on a logarithmic scale: a quarter to fourfold. Beyond it, a level sits at the end. */
const WIDEST = 4;
const TICKS = [0.25, 0.5, 1, 2, 4];

const place = (multiple: number): number =>
  50 + (50 * Math.log(Math.min(Math.max(multiple, 1 / WIDEST), WIDEST))) / Math.log(WIDEST);

/** One row a factor: the level below, a rail with the safe range between both levels, the level above. */
export function levels(rows: readonly Level[]): HTMLElement {
  return h(
    "table",
    { class: "levels" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...["Factor", "Falls to", "", "Rises to", "Most likely"].map((name) =>
          name === ""
            ? h("td", { class: "track" }, rail(null))
            : h("th", { scope: "col", class: name === "Factor" ? null : "number" }, name),
        ),
      ),
    ),
    h("tbody", {}, ...rows.map(row)),
  );
}

function row(level: Level): HTMLElement {
  const { factor, now, below, above, moves, likely } = level;
  const side = (to: number | null, name: string): HTMLElement =>
    h(
      "td",
      { class: "number", "data-label": name },
      to === null
        ? figure(null, price, { "data-key": `level:${factor}:${name}`, title: `no such price of ${factor} liquidates` })
        : h(
            "span",
            {},
            figure(to, price, { "data-key": `level:${factor}:${name}` }),
            h("small", {}, ` ${percent(to / now - 1)}`),
          ),
      to === null ? h("small", {}, " none") : null,
    );
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row", title: moves.length === 0 ? "nothing moves along" : `moves along: ${moves.join(", ")}` },
      factor,
      h("small", {}, ` now ${price(now)}`),
    ),
    side(below, "below"),
    h("td", { class: "track" }, rail(level)),
    side(above, "above"),
    h("td", { class: "number", "data-label": "most likely" }, figure(likely, move, { "data-key": `likely:${factor}` })),
  );
}

/** The drawn column; without a level, its scale. */
function rail(level: Level | null): HTMLElement {
  if (level === null) {
    const ticks = TICKS.map((multiple) => {
      const tick = h("span", { class: "tick" }, multiple === 1 ? "now" : `\u00d7${multiple}`);
      tick.style.left = `${place(multiple)}%`;
      return tick;
    });
    return h("span", { class: "rail scale", "aria-hidden": "true" }, ...ticks);
  }
  const from = level.below === null ? 0 : place(level.below / level.now);
  const to = level.above === null ? 100 : place(level.above / level.now);
  const safe = h("span", { class: "safe" });
  safe.style.left = `${from}%`;
  safe.style.width = `${to - from}%`;
  const marks = [level.below === null ? null : from, level.above === null ? null : to]
    .filter((at) => at !== null)
    .map((at) => {
      const mark = h("span", { class: "mark" });
      mark.style.left = `${at}%`;
      return mark;
    });
  const now = h("span", { class: "now" });
  now.style.left = "50%";
  return h("span", { class: "rail", "aria-hidden": "true" }, safe, now, ...marks);
}
