import { dirname, resolve } from "node:path";
import type { Readable } from "node:stream";
import {
  type History,
  type Market,
  packBook,
  type PackedBook,
  parseHistory,
  parseMarket,
  parseRule,
  type Rule,
} from "../index.js";
import { sample } from "../sample.js";
import { BadInput, count, quoted } from "./bad-input.js";
import { inFile, readDocument } from "./documents.js";
import { readHistory } from "./history-csv.js";
import type { Asked } from "./options.js";
import type { Progress } from "./progress.js";
import { sourceName } from "./source.js";
import { duration } from "./time-cell.js";

/** What a report is made from, and where it came from. */
export interface Inputs {
  readonly sources: {
    readonly accounts: string;
    readonly market: string;
    readonly rules: readonly string[];
    readonly history: string | null;
  };
  readonly market: Market;
  readonly book: PackedBook;
  readonly rules: readonly Rule[];
  readonly history: History | null;
  /** the time at which a row of the history really was, given the time that the library knows it by */
  readonly clock: (time: number) => number;
  /** what was assumed or left out while reading, each a sentence */
  readonly notes: readonly string[];
}

/** Read everything that was asked for; the embedded sample where no accounts are named. */
export async function readInputs(asked: Asked, input: Readable, progress: Progress): Promise<Inputs> {
  if (asked.accounts === undefined) {
    const given = [asked.market, asked.history, ...asked.rule].find((path) => path !== undefined);
    if (given !== undefined)
      throw new BadInput("--accounts", "", "given beside --market, --rule or --history", "nothing");
    return sampleInputs(asked);
  }
  if (asked.market === undefined) throw new BadInput("--market", "", "given beside --accounts", "nothing");
  const piped = [asked.accounts, asked.market, ...asked.rule, asked.history].filter((path) => path === "-");
  if (piped.length > 1) throw new BadInput("-", "", "given once (there is one standard input)", count(piped.length));

  progress.say("reading documents");
  const notes: string[] = [];
  const [marketName, accountsName] = [sourceName(asked.market), sourceName(asked.accounts)];
  const marketDocument = await readDocument(asked.market, "market", input);
  const market = inFile(marketName, () => parseMarket(marketDocument));
  const accountsDocument = await readDocument(asked.accounts, "accounts", input);
  const rules: Rule[] = [];
  for (const path of asked.rule) {
    const document = await readDocument(path, "rule", input);
    rules.push(inFile(sourceName(path), () => parseRule(ignoring(document, asked.ignore))));
  }
  const book = inFile(accountsName, () => packBook(accountsDocument, market, { onInvalid: asked.onInvalid }));
  const file = await fileHistory(asked, market, input, progress, notes);
  return {
    sources: {
      accounts: accountsName,
      market: marketName,
      rules: asked.rule.map(sourceName),
      history: file?.name ?? null,
    },
    market,
    book,
    rules,
    history: file?.history ?? null,
    clock: file?.clock ?? asItIs,
    notes,
  };
}

function sampleInputs(asked: Asked): Inputs {
  const documents = sample();
  const market = parseMarket(documents.market);
  const name = "embedded sample";
  return {
    sources: { accounts: name, market: name, rules: documents.rules.map(() => name), history: name },
    market,
    book: packBook(documents.accounts, market, { onInvalid: asked.onInvalid }),
    rules: documents.rules.map((document) => parseRule(ignoring(document, asked.ignore))),
    history: parseHistory(documents.history),
    clock: asItIs,
    notes: ["No accounts were given: this is the embedded sample, an invented book with generated prices."],
  };
}

/** The history that an option or the market names, with the columns that the market has factors for. */
async function fileHistory(
  asked: Asked,
  market: Market,
  input: Readable,
  progress: Progress,
  notes: string[],
): Promise<{ readonly name: string; readonly history: History; readonly clock: Inputs["clock"] } | null> {
  const stated = market.history;
  // A path in the market document is relative to that document.
  const beside = asked.market === undefined || asked.market === "-" ? "." : dirname(asked.market);
  const path = asked.history ?? (stated?.file ? resolve(beside, stated.file) : null);
  if (path === null) return null;
  const name = sourceName(path);
  const unit = asked.historyIn ?? stated?.in;
  if (unit === undefined) {
    throw new BadInput("--history-in", "", `given (what the closes of ${name} are in, e.g. USDT)`, "nothing");
  }
  const table = await readHistory(path, {
    interval: stated?.interval ?? null,
    limit: asked.historyLimit,
    input,
    // There is no clock but the market's: what came after it was not known.
    until: market.asOf,
    keep: (column) => market.factorIndex(column) >= 0,
    progress: (rows) => progress.say(`reading ${name}: ${count(rows, "row")}`),
  });
  if (table.columns.length === 0) {
    throw new BadInput(
      name,
      "",
      `a history of a factor of the market (${some(market.factors)})`,
      `the columns ${some(table.unused)}`,
    );
  }
  notes.push(...table.notes);
  if (table.unused.length > 0) {
    notes.push(`${count(table.unused.length, "column")} of ${name} are of no factor of the market and were left out.`);
  }
  const { columns, closes, interval } = table;
  const { times, clock } =
    asked.historyRows === "consecutive" ? consecutive(table, name, notes) : { ...table, clock: asItIs };
  return { name, history: inFile(name, () => parseHistory({ times, columns, closes, interval, in: unit })), clock };
}

const asItIs = (time: number): number => time;

/**
 * Rows one bar apart, ending when the last one does: a market that closes at weekends makes no return over calendar days
 * that it was shut for, and one over its trading days.
 */
export function consecutive(
  { times, interval }: { readonly times: Float64Array; readonly interval: number },
  name: string,
  notes: string[],
): { readonly times: Float64Array; readonly clock: Inputs["clock"] } {
  const last = times.length - 1;
  const end = times[last] ?? 0;
  const even = times.map((_, row) => end - (last - row) * interval);
  const jumps = times.filter((time, row) => row > 0 && time - (times[row - 1] ?? 0) > interval).length;
  notes.push(
    `Rows of ${name} are taken as consecutive bars of ${duration(interval)}, also where more time lies between them (${count(jumps, "time")}).`,
  );
  return { times: even, clock: (time) => times[last - Math.round((end - time) / interval)] ?? time };
}

/** The first few of some names. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => quoted(name));
  return `${shown.join(", ")}${names.length > 8 ? ` and ${count(names.length - 8)} more` : ""}`;
}

/** A rule document that also ignores the features named on the command line. */
function ignoring(document: unknown, features: readonly string[]): unknown {
  if (features.length === 0 || typeof document !== "object" || document === null) return document;
  const known = "ignores" in document && Array.isArray(document.ignores) ? document.ignores : [];
  return { ...document, ignores: [...new Set([...known, ...features])] };
}
