import { Command, InvalidArgumentError, Option } from "commander";
import { version } from "../index.js";
import type { CovarianceAsked } from "./covariance.js";
import { ESTIMATORS, estimatorOf } from "./covariance-estimator.js";
import { HISTORY_LIMIT } from "./history-csv.js";
import type { RulesUnder } from "./rule-inputs.js";
import type { RulesAsked } from "./rule-list.js";
import type { Terminal } from "./terminal.js";

/** What `report` and `reconcile` are asked, checked for form; ranges are the library's to judge. */
export interface Asked {
  readonly accounts?: string;
  readonly market?: string;
  readonly rule: readonly string[];
  readonly model: "collateral" | "parametric" | "historical";
  readonly confidence: number;
  readonly holdingPeriod: string;
  readonly covariance: Covariance;
  readonly returns: "simple" | "log";
  readonly lookback?: number;
  readonly marketFactor?: string;
  readonly distribution: Distribution;
  readonly history?: string;
  readonly historyIn?: string;
  readonly historyLimit: number;
  readonly historyRows: "calendar" | "consecutive";
  readonly pool?: string;
  readonly missing: "error" | "drop";
  readonly gaps: "reject" | "dropRows";
  readonly ignore: readonly string[];
  readonly onInvalid: "throw" | "collect";
  readonly limit: number;
  readonly json?: true;
}

export type Covariance =
  | { readonly kind: "sample" }
  | { readonly kind: "ewma"; readonly decay: number }
  | { readonly kind: "ledoitWolf"; readonly target: "identity" | "constantCorrelation" };

export type Distribution =
  | { readonly kind: "normal" }
  | { readonly kind: "studentT"; readonly degreesOfFreedom: number };

/** A number as it is written in an option; anything else is the user's mistake and said in one sentence. */
function number(text: string): number {
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

function whole(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return value;
}

function covariance(text: string): Covariance {
  const decay = /^ewma:(.+)$/.exec(text)?.[1];
  if (decay !== undefined) return { kind: "ewma", decay: number(decay) };
  if (text === "sample") return { kind: "sample" };
  if (text === "ledoit-wolf:identity") return { kind: "ledoitWolf", target: "identity" };
  if (text === "ledoit-wolf:constant-correlation") return { kind: "ledoitWolf", target: "constantCorrelation" };
  throw new InvalidArgumentError(
    "It must be ewma:DECAY, sample, ledoit-wolf:identity or ledoit-wolf:constant-correlation.",
  );
}

function distribution(text: string): Distribution {
  const degrees = /^t:(.+)$/.exec(text)?.[1];
  if (degrees !== undefined) return { kind: "studentT", degreesOfFreedom: number(degrees) };
  if (text === "normal") return { kind: "normal" };
  throw new InvalidArgumentError("It must be normal or t:DEGREES.");
}

const each = (value: string, before: readonly string[]): readonly string[] => [...before, value];
const listed = (value: string, before: readonly string[]): readonly string[] => [...before, ...value.split(",")];

/** The options that both commands take. */
export function addOptions(command: Command): Command {
  const inputs = "Inputs:";
  const model = "Model:";
  const output = "Output:";
  const option = (flags: string, text: string, group: string): Option => new Option(flags, text).helpGroup(group);
  return command
    .addOption(
      option("--accounts <file>", "accounts document; - reads standard input; none: the embedded sample", inputs),
    )
    .addOption(option("--market <file>", "market document; - reads standard input", inputs))
    .addOption(
      option("--rule <file>", "rule document; may be given several times", inputs).argParser(each).default([], "none"),
    )
    .addOption(
      option("--history <file>", "price history in CSV, plain or gzip; default: history.file of the market", inputs),
    )
    .addOption(option("--history-in <asset>", "what its closes are in; default: history.in of the market", inputs))
    .addOption(
      option("--history-limit <prices>", "most prices to hold in memory", inputs)
        .argParser(whole)
        .default(HISTORY_LIMIT),
    )
    .addOption(
      option(
        "--history-rows <what>",
        "calendar: no return over an absent bar; consecutive: a row follows the row before, as trading days do",
        inputs,
      )
        .choices(["calendar", "consecutive"])
        .default("calendar"),
    )
    .addOption(
      option("--on-invalid <what>", "a pool that cannot be read stops the run, or is left out and named", inputs)
        .choices(["throw", "collect"])
        .default("throw"),
    )
    .addOption(
      option("--model <model>", "which margin model", model)
        .choices(["collateral", "parametric", "historical"])
        .default("collateral"),
    )
    .addOption(option("--confidence <level>", "of VaR and ES, between 0 and 1", model).argParser(number).default(0.99))
    .addOption(option("--holding-period <duration>", "of VaR and ES, ISO 8601", model).default("P1D"))
    .addOption(
      option(
        "--covariance <estimator>",
        "ewma:DECAY, sample, ledoit-wolf:identity or ledoit-wolf:constant-correlation",
        model,
      )
        .argParser(covariance)
        .default({ kind: "ewma", decay: 0.97 }, "ewma:0.97"),
    )
    .addOption(
      option("--returns <kind>", "of the parametric model", model).choices(["simple", "log"]).default("simple"),
    )
    .addOption(
      option("--distribution <name>", "of the parametric model: normal or t:DEGREES", model)
        .argParser(distribution)
        .default({ kind: "normal" }, "normal"),
    )
    .addOption(
      option("--market-factor <factor>", "whose move the others follow by beta; default: BTC, else the first", model),
    )
    .addOption(
      option(
        "--lookback <rows>",
        "most recent returns used; default 500 (historical), all (parametric)",
        model,
      ).argParser(whole),
    )
    .addOption(
      option("--missing <what>", "a factor without history fails its pools, or is left out and named", model)
        .choices(["error", "drop"])
        .default("error"),
    )
    .addOption(
      option("--gaps <what>", "a gap in the history fails, or its rows are left out and counted", model)
        .choices(["reject", "dropRows"])
        .default("reject"),
    )
    .addOption(
      option("--ignore <features>", "leave out orders, links, transfers, raw …, comma-separated", model)
        .argParser(listed)
        .default([], "none"),
    )
    .addOption(option("--pool <id>", "show this pool in detail; default: the worst", output))
    .addOption(option("--limit <rows>", "most rows of the table of pools", output).argParser(whole).default(20))
    .addOption(option("--json", "print JSON in full precision instead", output));
}

/** The options of the commands that put a book under rules. */
function addRuleOptions(command: Command): Command {
  return command
    .option("--accounts <file>", "accounts document; - reads standard input; none: the embedded sample")
    .option("--market <file>", "market document; - reads standard input")
    .addOption(
      new Option("--rule <rule>", "a preset (margrave rules lists them) or a rule file; may be given several times")
        .argParser(each)
        .default([], "the sample's own"),
    )
    .addOption(
      new Option("--on-invalid <what>", "a pool that cannot be read stops the run, or is left out and named")
        .choices(["throw", "collect"])
        .default("throw"),
    )
    .addOption(
      new Option(
        "--ignore <features>",
        "leave out orders, links, transfers, options, raw or poolOptions, comma-separated",
      )
        .argParser(listed)
        .default([], "none"),
    )
    .option("--pool <id>", "this pool alone")
    .option("--json", "print JSON in full precision instead");
}

/** The options of `covariance`. */
function addCovarianceOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--estimator <name>", ESTIMATORS)
        .argParser((text: string) => estimatorOf(text, number))
        .default(estimatorOf("ledoit-wolf:identity", number), "ledoit-wolf:identity"),
    )
    .addOption(new Option("--returns <kind>", "of one bar each").choices(["simple", "log"]).default("simple"))
    .addOption(
      new Option(
        "--gaps <what>",
        "a gap fails, or its rows are left out and counted; for estimators that take gaps they stay, or returns are taken over them",
      ).choices(["reject", "dropRows", "keep", "carry"]),
    )
    .addOption(new Option("--lookback <rows>", "most recent returns used; default: all").argParser(whole))
    .addOption(
      new Option(
        "--history-rows <what>",
        "calendar: no return over an absent bar; consecutive: a row follows the row before",
      )
        .choices(["calendar", "consecutive"])
        .default("calendar"),
    )
    .addOption(
      new Option("--history-limit <prices>", "most prices to hold in memory").argParser(whole).default(HISTORY_LIMIT),
    )
    .addOption(new Option("--limit <columns>", "most columns and eigenvalues shown").argParser(whole).default(20))
    .option("--json", "print JSON in full precision instead");
}

/** What each command does with its options. */
export interface Actions {
  readonly report: (asked: Asked, terminal: Terminal) => Promise<void>;
  readonly reconcile: (asked: Asked, terminal: Terminal) => Promise<void>;
  readonly margin: (asked: RulesUnder, terminal: Terminal) => Promise<void>;
  readonly explain: (asked: RulesUnder, terminal: Terminal) => Promise<void>;
  readonly rules: (id: string | undefined, asked: RulesAsked, terminal: Terminal) => Promise<void>;
  readonly covariance: (path: string, asked: CovarianceAsked, terminal: Terminal) => Promise<void>;
}

/** The program; its actions are given the options. What commander itself has to say goes to `terminal`. */
export function program(actions: Actions, terminal: Terminal): Command {
  const root = new Command("margrave")
    .description("Margin, risk and liquidation levels of a book of accounts.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      // One sentence, as for every other error.
      outputError: (text, write) => write(text.replace(/^error: /, "margrave: ").replace(/\.?\n$/, " (see --help)\n")),
    });
  const add = (name: "report" | "reconcile", text: string): void => {
    // A sub-command takes over the output and the exit of the program it is made by.
    const command = root.command(name).description(text);
    addOptions(command).action((asked: Asked) => actions[name](asked, terminal));
  };
  add("report", "margin every pool and show the worst in detail");
  add("reconcile", "our numbers beside those that venues reported");
  addRuleOptions(root.command("margin").description("what every pool would need under each rule, side by side"))
    .option("--own", "each pool under the rule that it names alone")
    .addOption(new Option("--limit <pools>", "most pools of the table").argParser(whole).default(20))
    .action((asked: RulesUnder) => actions.margin(asked, terminal));
  addRuleOptions(root.command("explain").description("the waterfall of one pool's excess under each rule"))
    .addOption(new Option("--level <level>", "which level").choices(["initial", "maintenance"]).default("maintenance"))
    .action((asked: RulesUnder) => actions.explain(asked, terminal));
  root
    .command("rules")
    .description("the rules that are shipped, with date and source; with an id, the document of one")
    .argument("[id]", "a preset")
    .option("--json", "print JSON instead")
    .action((id: string | undefined, asked: RulesAsked) => actions.rules(id, asked, terminal));
  addCovarianceOptions(root.command("covariance"))
    .description("correlation, eigenvalues and shrinkage of the returns of a file of prices")
    .argument("<prices>", "closes in CSV, wide or long, plain or gzip; - reads standard input")
    .action((path: string, asked: CovarianceAsked) => actions.covariance(path, asked, terminal));
  return root;
}
