import type { Readable } from "node:stream";
import { type Market, packBook, type PackedBook, parseMarket } from "../index.js";
import { composedRule } from "../rules/index.js";
import { sample } from "../sample.js";
import { BadInput, count } from "./bad-input.js";
import { inFile, readDocument } from "./documents.js";
import type { Progress } from "./progress.js";
import { ignoring, type NamedRule, ruleOf } from "./rule-argument.js";
import { sourceName } from "./source.js";

/** What `margin` and `explain` are asked, checked for form. */
export interface RulesUnder {
  readonly accounts?: string;
  readonly market?: string;
  readonly rule: readonly string[];
  readonly ignore: readonly string[];
  readonly onInvalid: "throw" | "collect";
  readonly pool?: string;
  readonly limit: number;
  readonly level: "initial" | "maintenance";
  /** each pool under the rule that it names alone */
  readonly own?: true;
  readonly json?: true;
}

/** A book, its market, and the rules to put it under. */
export interface RuleInputs {
  readonly sources: { readonly accounts: string; readonly market: string; readonly rules: readonly string[] };
  readonly market: Market;
  /** packed so that a pool which a rule refuses is a row with a status */
  readonly book: PackedBook;
  readonly rules: readonly NamedRule[];
  readonly notes: readonly string[];
}

/** Read everything that was asked for; the embedded sample where no accounts are named, under its own rules where none is. */
export async function readRuleInputs(asked: RulesUnder, input: Readable, progress: Progress): Promise<RuleInputs> {
  if (asked.accounts === undefined && asked.market !== undefined)
    throw new BadInput("--accounts", "", "given beside --market", "nothing");
  if (asked.accounts !== undefined && asked.market === undefined)
    throw new BadInput("--market", "", "given beside --accounts", "nothing");
  const piped = [asked.accounts, asked.market, ...asked.rule].filter((path) => path === "-");
  if (piped.length > 1) throw new BadInput("-", "", "given once (there is one standard input)", count(piped.length));
  progress.say("reading documents");
  const given: NamedRule[] = [];
  for (const argument of asked.rule) {
    const named = await ruleOf(argument, asked.ignore, input);
    const twice = given.some(({ rule }) => rule.id === named.rule.id);
    if (twice)
      throw new BadInput(named.name, "id", "other than that of a rule before it", JSON.stringify(named.rule.id));
    given.push(named);
  }
  if (asked.accounts === undefined || asked.market === undefined) {
    const documents = sample();
    const market = parseMarket(documents.market);
    const name = "embedded sample";
    const own = documents.rules.map((document) => ({ name, rule: composedRule(ignoring(document, asked.ignore)) }));
    const rules = given.length === 0 ? own : given;
    return {
      sources: { accounts: name, market: name, rules: rules.map((rule) => rule.name) },
      market,
      book: packBook(documents.accounts, market, { onInvalid: "collect" }),
      rules,
      notes: ["No accounts were given: this is the embedded sample, an invented book with generated prices."],
    };
  }
  if (given.length === 0)
    throw new BadInput("--rule", "", "given (a preset or a file; margrave rules lists presets)", "nothing");
  const marketDocument = await readDocument(asked.market, "market", input);
  const market = inFile(sourceName(asked.market), () => parseMarket(marketDocument));
  const accounts = await readDocument(asked.accounts, "accounts", input);
  const accountsName = sourceName(asked.accounts);
  const pack = (onInvalid: "throw" | "collect") =>
    inFile(accountsName, () => packBook(accounts, market, { onInvalid }));
  const book = pack("collect");
  // A pool that cannot be read stops the run unless asked otherwise; one that a rule refuses never does.
  if (asked.onInvalid === "throw" && book.rejected.length > 0) pack("throw");
  return {
    sources: { accounts: accountsName, market: sourceName(asked.market), rules: given.map((rule) => rule.name) },
    market,
    book,
    rules: given,
    notes: [],
  };
}
