// Seeded faults of books with options: see scripts/mutants.mjs.
const QUOTES = "src/options/quotes.ts";
const TREATMENT = "src/options/treatment.ts";
const MERGE = "src/options/merge.ts";
const QUADRATIC = "src/options/quadratic.ts";

export const optionBookMutants = [
  [
    "option-book-year",
    QUOTES,
    "(expiry - market.asOf) / YEAR",
    "(expiry - market.asOf) / (1.01 * YEAR)",
    "a longer year",
  ],
  [
    "option-book-alive",
    QUOTES,
    "!(expiry > market.asOf)",
    "!(expiry >= market.asOf)",
    "an option that expires now is alive",
  ],
  [
    "option-book-spot",
    QUOTES,
    "forward: spot / unitPrice",
    "forward: spot",
    "an index in the numeraire against a strike in another money",
  ],
  [
    "option-book-money",
    QUOTES,
    'of.payoff === "linear" && contract.quote !== quote',
    "false",
    "a forward in another money than the strike",
  ],
  ["option-book-early", QUOTES, 'option?.exercise !== "european"', "false", "early exercise is overlooked"],
  [
    "option-book-entry",
    MERGE,
    "(option === null ? book.positionEntry[source] : 0)",
    "(option?.entry ?? book.positionEntry[source])",
    "the premium paid is taken off",
  ],
  [
    "option-book-order",
    MERGE,
    "own.sort((a, b) => a.settle - b.settle)",
    "own",
    "P&L of a settle asset is netted in pieces",
  ],
  ["option-book-fault", MERGE, "if (refused(book, p) === null) {", "{", "an option that cannot be taken is taken"],
  [
    "option-book-coin",
    TREATMENT,
    "inverse ? bend - 2 * slope : bend * forward",
    "bend * forward",
    "the coin's own curvature is left out",
  ],
  [
    "option-book-notional",
    TREATMENT,
    "multiplier * Math.abs(delta) * forward * unit",
    "multiplier * delta * forward * unit",
    "puts require less than nothing",
  ],
  [
    "option-book-lack",
    TREATMENT,
    "for (const i of lacks.keys()) marks[i] = Number.NaN;",
    "",
    "what lacks a volatility is worth its mark",
  ],
  ["option-book-slot", TREATMENT, "first + k]", "first]", "every option bends as the first"],
  [
    "option-book-cross",
    "src/options/delta-gamma.ts",
    "slope * (settle[t] ?? 0) + 0.5 * curvature * f",
    "0.5 * curvature * f",
    "no cross term of forward and coin",
  ],
  [
    "option-book-settle",
    "src/options/revaluation.ts",
    "(1 + (settle[t] ?? 0)) * change",
    "change",
    "coin P&L at today's price of the coin",
  ],
  ["option-book-bars", QUADRATIC, "moves.bars * (whole", "(whole", "one bar for the holding period, to second order"],
  [
    "option-book-square",
    QUADRATIC,
    "{ i: j, j: i, by: size * term.slope * c * d }",
    "{ i: j, j: i, by: 0 }",
    "half of the cross term",
  ],
  [
    "option-book-stale",
    "src/models/rule-tables.ts",
    "return old(i) || moves ||",
    "return old(i) ||",
    "a forward's age is not looked at",
  ],
  [
    "option-book-premium",
    "src/book/change.ts",
    "-rest * instrument.multiplier * traded",
    "rest * instrument.multiplier * traded",
    "a premium is received by who pays it",
  ],
];
