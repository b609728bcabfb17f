import type { Instrument } from "../market/market.js";
import type { OptionTreatment } from "./option-treatment.js";
import type { ResidentBook, ResidentMarket } from "./resident.js";

/** Codes of assembly/instruments/linear.ts. */
const PAYOFFS = { linear: 0, inverse: 1, other: 2 } as const;
const OPTION = 3;

/**
 * How an instrument pays in terms of the kernels: `other` for what they do not value, an option or a linear contract that
 * does not settle in its quote.
 */
export function payoffCode(instrument: Instrument): keyof typeof PAYOFFS {
  if (instrument.option !== null) return "other";
  return instrument.payoff === "linear" && instrument.settle !== instrument.quote ? "other" : instrument.payoff;
}

/**
 * Address of the market's descriptor (assembly/book/market.ts), its arrays copied on first use and after each repricing.
 * `options` says what options are; without it they are nothing. Call before scratch is reserved.
 */
export function marketDescriptor(resident: ResidentMarket, options: OptionTreatment | null = null): number {
  const own = options?.key ?? "";
  return resident.derive(`price/descriptor${own}`, (keep) => {
    const { memory, market } = resident;
    const { instruments, assetFactors, instrumentFactors } = market;
    const terms = options?.tables(resident);
    const column = (name: string, value: (instrument: Instrument) => number) =>
      resident.block(`market/${name}`, () => Uint32Array.from(instruments, value));
    const at = keep(memory.kernel.descriptorBytes());
    memory.kernel.marketDescribe(
      at,
      market.assets.length,
      instruments.length,
      market.factors.length,
      resident.block("market/index", () => market.prices.index),
      resident.block("market/asset-rows", () => assetFactors.start),
      resident.block("market/asset-factors", () => assetFactors.factor),
      resident.block("market/asset-coefficients", () => assetFactors.coefficient),
      column(`payoff${own}`, (instrument) =>
        terms === undefined || instrument.option === null ? PAYOFFS[payoffCode(instrument)] : OPTION,
      ),
      column("quote", (instrument) => instrument.quote),
      column("settle", (instrument) => instrument.settle),
      resident.block("market/multiplier", () => Float64Array.from(instruments, (instrument) => instrument.multiplier)),
      resident.block(`market/mark${own}`, () => terms?.marks ?? market.marks),
      resident.block("market/mark-rows", () => instrumentFactors.start),
      resident.block("market/mark-factors", () => instrumentFactors.factor),
      resident.block("market/mark-coefficients", () => instrumentFactors.coefficient),
      terms === undefined ? 0 : resident.block(`market/slope${own}`, () => terms.slopes),
    );
    return at;
  });
}

/** Address of the book's descriptor (assembly/book/book.ts), its arrays copied on first use. Call before scratch is reserved. */
export function bookDescriptor(book: ResidentBook): number {
  return book.derive("descriptor", (keep) => {
    const { memory, packed } = book;
    const { kernel } = memory;
    const holdings = packed.holdingQuantity.length;
    const at = keep(kernel.descriptorBytes());
    const slot = keep(4 * holdings);
    const quantity = book.block("holding-quantity", () => packed.holdingQuantity);
    const start = book.block("holding-start", () => packed.holdingStart);
    const positionStart = book.block("position-start", () => packed.positionStart);
    const instrument = book.block("position-instrument", () => packed.positionInstrument);
    const positionQuantity = book.block("position-quantity", () => packed.positionQuantity);
    const entry = book.block("position-entry", () => packed.positionEntry);
    const funding = book.block("position-funding", () => packed.positionFunding);
    const features = book.block("features", () => packed.features);
    kernel.bookDescribe(
      at,
      start,
      slot,
      quantity,
      positionStart,
      instrument,
      positionQuantity,
      entry,
      funding,
      features,
    );
    memory.scope(() => {
      const asset = memory.copy(packed.holdingAsset);
      kernel.bookSlots(holdings, asset, memory.copy(packed.holdingKind), quantity, slot);
    });
    return at;
  });
}
