import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The package as a user gets it: packed, and installed from its tarball in a folder far from this repository. */
export interface Installed {
  readonly folder: string;
  readonly tarball: string;
  /** paths in the tarball */
  readonly files: readonly string[];
  /** Run a program in the folder; its standard output. Throws where it fails. */
  run(program: string, ...args: string[]): string;
  /** Run npm or npx, offline. */
  npm(command: string, ...args: string[]): string;
  dispose(): void;
}

/** Pack dist (built before) and install the tarball, without a network. */
export function packAndInstall(): Installed {
  const folder = mkdtempSync(join(tmpdir(), "margrave-"));
  const run = (program: string, ...args: string[]) => execute(program, args, folder);
  const npm = (command: string, ...args: string[]) =>
    run(...npmProgram(), command, "--offline", "--no-audit", "--no-fund", ...args);
  const options = ["--json", "--ignore-scripts", "--pack-destination", folder];
  const packed = JSON.parse(execute(npmProgram()[0], [...npmProgram().slice(1), "pack", ...options], "."));
  const [{ filename, files }] = packed as [{ filename: string; files: { path: string }[] }];
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  npm("install", `./${filename}`);
  return {
    folder,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path),
    run,
    npm,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The npm that runs us, else the one on PATH. */
function npmProgram(): [string, ...string[]] {
  const cli = process.env.npm_execpath;
  return cli?.endsWith(".js") ? [process.execPath, cli] : ["npm"];
}

function execute(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/**
 * A user's program: margins the embedded sample, under its rules and under the same as composed ones, and a loan under a
 * preset, also as integers; exports every number of it as text. Errors of every entry are of the one class of the core.
 */
export const userProgram = `
import {
  collateral, createEngine, InvalidInputError, packBook, parseMarket, parseRule, RiskError,
  type Engine, type MarginResult,
} from "margrave";
import { preset, presets, type PresetInfo, type PresetParameters } from "margrave/presets";
import {
  composed, composedRule, digitsOf, exactAccount, liquidationPrices, maxBorrow, preTrade, VERDICTS,
  type ComposedModel, type ComposedResult, type ComposedRule, type ExactAccount, type Limit, type Order,
  type PoolLiquidationPrices, type PreTradeResult,
} from "margrave/rules";
import { sample } from "margrave/sample";

const documents = sample();
const market = parseMarket(documents.market);
const engine: Engine = createEngine();
const book = engine.loadBook(packBook(documents.accounts, market), engine.loadMarket(market));
const result: MarginResult = engine.margin(book, collateral(documents.rules.map((rule) => parseRule(rule))));
const columns: readonly Float64Array[] = [result.equity, result.excess.maintenance, result.healthFactor];

const rules: readonly ComposedRule[] = documents.rules.map((rule) => composedRule(rule));
const model: ComposedModel = composed(rules);
const again: ComposedResult = engine.margin(book, model);
const order: Order = { pool: 0, instrument: "BTC-PERP", quantity: 0.25 };
const checked: PreTradeResult = preTrade(book, [order], model);

const time = "2026-11-20T08:00:00Z";
const parameters: PresetParameters = { assets: { WETH: { initial: 0.8, maintenance: 0.83 }, USDC: { initial: 0.75, maintenance: 0.78 } } };
const lending: ComposedRule = composedRule(preset("aave-v3", parameters));
const lent = parseMarket({
  schema: "margrave/market/1", asOf: time, numeraire: "USD",
  assets: [{ id: "USD" }, { id: "WETH", decimals: 18 }, { id: "USDC", decimals: 6 }],
  prices: [{ of: "WETH", in: "USD", index: "3021.55" }, { of: "USDC", in: "USD", index: "0.9997" }],
});
const pool = {
  id: "loan", venue: "aave",
  supplies: [{ asset: "WETH", quantity: "2.5", collateral: true }], debts: [{ asset: "USDC", quantity: "4100.25" }],
};
const loans = engine.loadBook(
  packBook({ schema: "margrave/accounts/1", asOf: time, accounts: [{ id: "a", pools: [pool] }] }, lent),
  engine.loadMarket(lent),
);
const loan: ComposedResult = engine.margin(loans, composed(lending, { exact: true }));
const account: ExactAccount = exactAccount(lending, loans.packed, 0);
const prices: PoolLiquidationPrices = liquidationPrices(loans, "loan", composed(lending), { factors: ["WETH"] });
const limit: Limit = maxBorrow(loans, "loan", "USDC", composed(lending));

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
const errors: readonly unknown[] = [
  thrown(() => parseMarket({})),
  thrown(() => composedRule({})),
  thrown(() => composed([])),
  thrown(() => preset("no such preset")),
  thrown(() => exactAccount(lending, loans.packed, 7)),
  thrown(() => liquidationPrices(loans, "nobody", composed(lending))),
];
const ids: readonly string[] = presets.map((one: PresetInfo) => one.id);

export const build: string = engine.build;
export const single: boolean = errors.every((e) => e instanceof InvalidInputError && e instanceof RiskError && e instanceof Error);
export const digits: string = [
  ...columns.map((column) => Array.from(column, String).join(" ")),
  ...[again.equity, again.excess.maintenance, again.healthFactor].map((column) => Array.from(column, String).join(" ")),
  [...checked.after, VERDICTS[checked.verdict[0] ?? 0]].join(" "),
  [...loan.excess.maintenance, ...loan.healthFactor, loan.exact?.[0]?.debt, account.healthFactor, limit.amount].join(" "),
  digitsOf({ n: account.collateral, d: 10n ** BigInt(account.decimals) }, 4).toString(),
  prices.factors.map(({ levels }) => levels.map(({ price }) => price).join(" ")).join(" "),
  ids.join(" "),
].join("\\n");
`;
