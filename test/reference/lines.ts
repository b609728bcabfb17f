/**
 * First-order exposures and value of each pool, one obvious loop each. Written from METHODS.md; shares no code with the
 * package, and takes plain data, of which the package's market and packed book are examples.
 */
export interface PlainRows {
  readonly start: ArrayLike<number>;
  readonly factor: ArrayLike<number>;
  readonly coefficient: ArrayLike<number>;
}

export interface PlainMarket {
  readonly factors: readonly string[];
  readonly prices: { readonly index: ArrayLike<number> };
  readonly marks: ArrayLike<number>;
  readonly instruments: readonly {
    readonly payoff: string;
    readonly quote: number;
    readonly settle: number;
    readonly multiplier: number;
  }[];
  readonly assetFactors: PlainRows;
  readonly instrumentFactors: PlainRows;
}

export interface PlainBook {
  readonly poolCount: number;
  readonly holdingStart: ArrayLike<number>;
  readonly holdingAsset: ArrayLike<number>;
  readonly holdingQuantity: ArrayLike<number>;
  readonly positionStart: ArrayLike<number>;
  readonly positionInstrument: ArrayLike<number>;
  readonly positionQuantity: ArrayLike<number>;
  readonly positionEntry: ArrayLike<number>;
  readonly positionFunding: ArrayLike<number>;
}

/** One line of a pool: what it is worth, and what it gains per unit relative move of each factor. */
export interface Line {
  /** the asset that its value is in */
  readonly asset: number;
  /** in units of that asset */
  readonly amount: number;
  readonly unsettled: boolean;
  readonly exposure: ReadonlyMap<number, number>;
}

function at(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new Error(`no element ${index}`);
  return value;
}

function spread(into: Map<number, number>, rows: PlainRows, row: number, amount: number): void {
  for (let i = at(rows.start, row); i < at(rows.start, row + 1); i++) {
    const factor = at(rows.factor, i);
    into.set(factor, (into.get(factor) ?? 0) + amount * at(rows.coefficient, i));
  }
}

/** The lines of pool p: its holdings, then its positions. */
export function linesOfPool(market: PlainMarket, book: PlainBook, p: number): Line[] {
  const lines: Line[] = [];
  for (let h = at(book.holdingStart, p); h < at(book.holdingStart, p + 1); h++) {
    const asset = at(book.holdingAsset, h);
    const amount = at(book.holdingQuantity, h);
    const exposure = new Map<number, number>();
    spread(exposure, market.assetFactors, asset, amount * at(market.prices.index, asset));
    lines.push({ asset, amount, unsettled: false, exposure });
  }
  for (let n = at(book.positionStart, p); n < at(book.positionStart, p + 1); n++) {
    const which = at(book.positionInstrument, n);
    const instrument = market.instruments[which];
    if (instrument === undefined) throw new Error(`no instrument ${which}`);
    const size = at(book.positionQuantity, n) * instrument.multiplier;
    const mark = at(market.marks, which);
    const entry = at(book.positionEntry, n);
    const inverse = instrument.payoff === "inverse";
    const gain = inverse ? size * (1 / entry - 1 / mark) : size * (mark - entry);
    const amount = gain + at(book.positionFunding, n);
    const settle = at(market.prices.index, instrument.settle);
    const exposure = new Map<number, number>();
    const notional = inverse ? (size / mark) * settle : size * mark * at(market.prices.index, instrument.quote);
    spread(exposure, market.instrumentFactors, which, notional);
    spread(exposure, market.assetFactors, instrument.settle, amount * settle);
    lines.push({ asset: instrument.settle, amount, unsettled: true, exposure });
  }
  return lines;
}

/** Sum of the exposures of lines, by factor. */
export function totalExposure(lines: readonly Line[]): Map<number, number> {
  const total = new Map<number, number>();
  for (const line of lines) {
    for (const [factor, value] of line.exposure) total.set(factor, (total.get(factor) ?? 0) + value);
  }
  return total;
}

/** Gross assets and liabilities at index prices; unsettled gains and losses net per settle asset. */
export function grossValue(market: PlainMarket, lines: readonly Line[]): { assets: number; liabilities: number } {
  let assets = 0;
  let liabilities = 0;
  const unsettled = new Map<number, number>();
  for (const line of lines) {
    if (line.unsettled) {
      unsettled.set(line.asset, (unsettled.get(line.asset) ?? 0) + line.amount);
      continue;
    }
    const value = line.amount * at(market.prices.index, line.asset);
    if (value > 0) assets += value;
    else liabilities -= value;
  }
  for (const [asset, amount] of unsettled) {
    const value = amount * at(market.prices.index, asset);
    if (value > 0) assets += value;
    else liabilities -= value;
  }
  return { assets, liabilities };
}
