import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  collateral,
  createEngine,
  ewma,
  historical,
  liquidation,
  packBook,
  parametric,
  parseHistory,
  parseMarket,
  parseRule,
  STATUSES,
} from "../../src/index.js";
import { sample } from "../../src/sample.js";
import { near, tolerance } from "../support/tolerance.js";
import { buildCli, call, type Outcome, run, scratchFolder } from "../support/cli.js";

let program = "";
const files = scratchFolder();
beforeAll(async () => {
  program = await buildCli();
});
afterAll(() => {
  rmSync(files.path, { recursive: true, force: true });
  rmSync(dirname(program), { recursive: true, force: true });
});

/** The sample's history as a wide CSV, with the times of day that its market's prices have. */
function csvOf({ times, columns, closes }: ReturnType<typeof sample>["history"]): string {
  const rows = Array.from(times, (time, r) => {
    const cells = columns.map((_, c) => closes[c * times.length + r]);
    return [new Date(time).toISOString().slice(0, 10), ...cells].join(",");
  });
  return [["date", ...columns].join(","), ...rows].join("\n");
}

// Documents are changed freely here, which is what makes them wrong.
// biome-ignore lint/suspicious/noExplicitAny: a document before it is checked has no type
type Free = any;

interface Documents {
  accounts: Free;
  market: Free;
  rules: Free[];
}

/** Write the sample's documents, changed, and return the arguments that name them. */
function documents(change: (documents: Documents) => void = () => {}): string[] {
  const { accounts, market, rules } = sample();
  const all: Documents = { accounts, market, rules: [...rules] };
  change(all);
  return [
    "report",
    ...["--accounts", files.put("accounts.json", all.accounts)],
    ...["--market", files.put("market.json", all.market)],
    ...all.rules.flatMap((rule, i) => ["--rule", files.put(`rule-${i}.json`, rule)]),
  ];
}

/** Standard error of a run that must be refused as bad input, in one sentence and with nothing on standard output. */
async function refusal(args: readonly string[], stdin: string | Uint8Array = ""): Promise<string> {
  const outcome = await call(args, stdin);
  expect(outcome).toMatchObject({ code: 2, out: "" });
  expect(outcome.err.split("\n")).toHaveLength(2);
  expect(outcome.err).toMatch(/^margrave: /);
  return outcome.err.trimEnd().slice("margrave: ".length);
}

async function json(args: readonly string[], stdin: string | Uint8Array = ""): Promise<Free> {
  const outcome = await call([...args, "--json"], stdin);
  expect(outcome.err).toBe("");
  expect(outcome.code).toBe(0);
  return JSON.parse(outcome.out);
}

describe("margrave report on the embedded sample", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await run(program, ["report"]);
  });

  it("says that it is the sample and shows every section", () => {
    expect(outcome).toMatchObject({ code: 0, err: "" });
    for (const text of [
      "accounts  embedded sample: 12 pools",
      "Pools, worst first",
      "Where its numbers come from",
      "Liquidation levels, one factor at a time",
      "What liquidates it",
      "What drives its risk, by factor",
      "Its worst moves in the history",
      "One collateral for all against each line on its own",
      "No accounts were given: this is the embedded sample",
    ]) {
      expect(outcome.out).toContain(text);
    }
  });

  it("lists the pools worst first and takes the worst apart", () => {
    const lines = outcome.out.split("\n");
    const first = lines.indexOf("Pools, worst first") + 2;
    const health = lines.slice(first, first + 12).map((line) => {
      const cell = /\s(∞|[\d,]+\.\d{3})\s/.exec(line)?.[1] ?? "";
      return cell === "∞" ? Number.POSITIVE_INFINITY : Number(cell.replaceAll(",", ""));
    });
    expect(health).toHaveLength(12);
    expect(health.every((value, i) => value > 0 && (i === 0 || value >= (health[i - 1] ?? 0)))).toBe(true);
    expect(outcome.out).toContain(`Pool ${lines[first]?.split(" ")[0]}  below initial`);
  });

  it("aligns its tables and writes neither colour nor NaN where nobody watches", () => {
    const lines = outcome.out.split("\n");
    const first = lines.indexOf("Pools, worst first") + 1;
    const ends = lines.slice(first, first + 13).map((line) => [...line].length);
    expect(new Set(ends).size).toBe(1);
    expect(outcome.out).not.toContain("\u001b");
    expect(outcome.out).not.toMatch(/NaN|undefined|Infinity/);
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });

  it("prints the same again", async () => {
    expect((await call(["report"])).out).toBe(outcome.out);
  });

  it("shows another pool on request, and only as many rows as asked for", async () => {
    const { out } = await call(["report", "--pool", "cedar/carry", "--limit", "3"]);
    expect(out).toContain("Pool cedar/carry  ok");
    expect(out).toContain("and 9 pools more (--limit)");
  });

  it("runs the other models", async () => {
    for (const [args, text] of [
      [["--model", "parametric"], "parametric at 99% over P1D"],
      [["--model", "parametric", "--covariance", "sample", "--distribution", "t:5"], "parametric at 99%"],
      [["--model", "parametric", "--covariance", "ledoit-wolf:identity"], "parametric at 99%"],
      [["--model", "parametric", "--covariance", "ledoit-wolf:constant-correlation"], "parametric at 99%"],
      [["--model", "historical", "--confidence", "0.975", "--holding-period", "P2D"], "historical at 97.5% over P2D"],
    ] as const) {
      const { out, err, code } = await call(["report", ...args]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain(text);
    }
  });
});

/** Every number of the library for the sample beside the CLI's, which must be the same f64. */
function expectColumns(pools: readonly Free[], result: Free): void {
  for (const [row, pool] of pools.entries()) {
    expect(pool.status).toBe(STATUSES[result.status[row]]);
    expect(pool.equity).toBe(result.equity[row]);
    expect(pool.healthFactor ?? Number.POSITIVE_INFINITY).toBe(result.healthFactor[row]);
    for (const column of ["eligible", "requirement", "excess"]) {
      expect(pool[column].initial).toBe(result[column].initial[row]);
      expect(pool[column].maintenance).toBe(result[column].maintenance[row]);
    }
  }
}

describe("margrave report --json", () => {
  const engine = createEngine();
  const parts = sample();
  const market = parseMarket(parts.market);
  const resident = engine.loadMarket(market, { history: parseHistory(parts.history) });
  const book = engine.loadBook(packBook(parts.accounts, market), resident);

  it("equals the library to the last digit under each model", async () => {
    const rules = parts.rules.map(parseRule);
    const past = engine.margin(book, historical());
    const under = await json(["report"]);
    expect(under.schema).toBe("margrave/report/1");
    expectColumns(under.pools, engine.margin(book, collateral(rules)));
    for (const [args, result] of [
      [[], past],
      [["--model", "historical"], past],
      [["--model", "parametric"], engine.margin(book, parametric())],
    ] as const) {
      const report = await json(["report", ...args]);
      if (args.length > 0) expectColumns(report.pools, result);
      for (const [row, pool] of report.pools.entries()) {
        expect(pool.risk.valueAtRisk).toBe(result.valueAtRisk[row]);
        expect(pool.risk.expectedShortfall).toBe(result.expectedShortfall[row]);
      }
    }
  });

  it("gives the terms of one pool, which sum to its numbers, and the shares of its risk, which sum to VaR and ES", async () => {
    const { pools, detail } = await json(["report", "--pool", "acme/basis/cross"]);
    const pool = pools.find((row: Free) => row.id === "acme/basis/cross");
    const sumsTo = (terms: readonly Free[], key: string, total: number, allowed: number) => {
      const size = terms.reduce((sum, term) => sum + Math.abs(term[key]), 0);
      near(
        terms.reduce((sum, term) => sum + term[key], 0),
        total,
        allowed * size,
        key,
      );
    };
    for (const level of ["initial", "maintenance"]) {
      sumsTo(detail.terms.eligible, level, pool.eligible[level], tolerance.poolSumRelative);
      sumsTo(detail.terms.requirement, level, pool.requirement[level], tolerance.poolSumRelative);
    }
    sumsTo(detail.terms.equity, "value", pool.equity, tolerance.poolSumRelative);
    for (const shares of [detail.factors, detail.lines]) {
      sumsTo(shares, "valueAtRisk", pool.risk.valueAtRisk, tolerance.componentSum);
      sumsTo(shares, "expectedShortfall", pool.risk.expectedShortfall, tolerance.componentSum);
    }
    sumsTo(detail.worst, "weight", 1, tolerance.componentSum);
  });

  it("says how far each pool is from liquidation and where one pool liquidates, as the library does", async () => {
    const rules = parts.rules.map(parseRule);
    const levels = liquidation(book, rules, { covariance: ewma({ decay: 0.97 }), marketFactor: "BTC" });
    const { pools, detail, marketFactor } = await json(["report", "--pool", "birch/shorts"]);
    expect(marketFactor).toBe("BTC");
    for (const [row, { liquidation }] of pools.entries()) {
      expect(liquidation.uniform).toEqual({ fall: levels.uniform.fall[row], rise: levels.uniform.rise[row] });
      expect(liquidation.beta).toEqual({ fall: levels.beta?.fall[row], rise: levels.beta?.rise[row] });
      expect(liquidation.deviations).toBe(levels.risk?.distance[row]);
      expect(liquidation.breachWithin).toBe(levels.risk?.breachWithin[row]);
      expect(liquidation.breachAtEnd).toBe(levels.risk?.breachAtEnd[row]);
    }
    const view = levels.pool("birch/shorts");
    expect(detail.levels.map((level: Free) => level.factor)).toEqual(view.factors.map((factor) => factor.factor));
    for (const [i, level] of detail.levels.entries()) {
      expect(level.down?.price).toBe(view.factors[i]?.down?.price);
      expect(level.up?.price).toBe(view.factors[i]?.up?.price);
    }
    // Short: some rise liquidates and says what goes along.
    const sol = detail.levels.find((level: Free) => level.factor === "SOL");
    expect(sol.up.price).toBeGreaterThan(sol.price);
    expect(sol.movesAlong).toEqual(["sol"]);
  });

  it("gives null with a reason for what is infinite, and no reasons where there is nothing to say", async () => {
    const { pools } = await json(["report"]);
    const treasury = pools.find((pool: Free) => pool.id === "elm/treasury");
    expect(treasury.healthFactor).toBeNull();
    expect(treasury.reasons.healthFactor).toMatch(/infinite: no liabilities and no requirement/);
    const reasonless = pools.filter((pool: Free) => pool.reasons === undefined || !("healthFactor" in pool.reasons));
    expect(reasonless.every((pool: Free) => Number.isFinite(pool.healthFactor))).toBe(true);
  });

  it("adds up pools, and refuses to where one has a number that is old", async () => {
    const { pools, totals } = await json(["report"]);
    expect(totals.equity).toBe(pools.reduce((total: number, pool: Free) => total + pool.equity, 0));
    const stale = documents(({ market: document }) => {
      document.prices.find((price: Free) => price.of === "SOL").time = "2026-11-20T06:00:00Z";
    });
    const report = await json(stale);
    expect(report.totals).toBeNull();
    expect(report.totalsReason).toBe("a pool has a status other than ok");
    expect(report.meta.statuses.stalePrice).toBeGreaterThan(0);
    expect((await call(stale)).out).toMatch(/No totals: \d pools? of 12 ha(s|ve) a status other than ok\./);
  });

  it("is the same from files, with the history in CSV, plain or gzip, and from standard input", async () => {
    const embedded = await json(["report"]);
    const args = documents();
    const csv = csvOf(sample().history);
    const paths = [files.put("prices.csv", csv), files.put("prices.csv.gz", gzipSync(csv))];
    const history = (path: string) => ["--history", path, "--history-in", "USD"];
    const numbers = ({ pools, totals, detail }: Free) => ({ pools, totals, detail });
    for (const path of paths) {
      expect(numbers(await json([...args, ...history(path)]))).toEqual(numbers(embedded));
    }
    const piped = args.map((arg) => (arg.endsWith("/accounts.json") ? "-" : arg));
    const accounts = JSON.stringify(sample().accounts);
    const path = paths[0] ?? "";
    const fromPipe = await json([...piped, ...history(path)], accounts);
    expect(numbers(fromPipe)).toEqual(numbers(embedded));
    expect(fromPipe.sources.accounts).toBe("standard input");
    expect(numbers(await json([...args, ...history("-")], gzipSync(csv)))).toEqual(numbers(embedded));
  });

  it("finds the history that the market names beside the market, wherever it is run", async () => {
    const args = documents(({ market: document }) => {
      document.history.file = "beside.csv";
    });
    files.put("beside.csv", csvOf(sample().history));
    expect((await json(args)).history.rows).toBe(760);
  });

  it("goes on without a history, says so, and refuses a model that needs one", async () => {
    const { risk, pools, notes } = await json(documents());
    expect(risk).toBeNull();
    expect(pools[0].risk).toBeNull();
    expect(notes.join(" ")).toContain("No price history was given");
    expect(await refusal([...documents(), "--model", "historical"])).toBe(
      "--model historical must be given with --history or a market that names one, got neither",
    );
  });

  it("leaves out a bad pool on request, names it, and computes the others", async () => {
    const args = documents(({ accounts }) => {
      accounts.accounts[3].pools[0].balances[0].asset = "USDX";
    });
    const { pools, rejected } = await json([...args, "--on-invalid", "collect"]);
    expect(pools).toHaveLength(11);
    expect(rejected).toEqual([
      expect.objectContaining({ pool: "birch/longs", path: "accounts[3].pools[0].balances[0].asset" }),
    ]);
  });

  it("leaves out what it is told to ignore, and refuses it otherwise", async () => {
    let pool = "";
    const args = documents(({ accounts }) => {
      pool = accounts.accounts[1].pools[0].id;
      accounts.accounts[1].pools[0].orders = [
        { id: "o1", instrument: "BTC-PERP", quantity: "-3", limitPrice: "65000" },
      ];
    });
    expect(await refusal(args)).toMatch(
      /^accounts\.json: accounts\[1\]\.pools\[0\]\.orders.*does not handle orders\. Leave them out, or give --ignore orders$/,
    );
    const collected = await json([...args, "--on-invalid", "collect", "--pool", pool]);
    expect(collected.detail.terms).toBeNull();
    expect(collected.detail.reason).toMatch(/^accounts\[1\]\.pools\[0\]\.orders.*does not handle orders/);
    const numbers = ({ pools }: Free) => pools;
    expect(numbers(await json([...args, "--ignore", "orders,links"]))).toEqual(numbers(await json(documents())));
  });

  it("draws no control characters from a document on the terminal", async () => {
    const message = await refusal(
      documents(({ accounts }) => {
        accounts.accounts[1].pools[0].id = "evil\u001b[2J";
      }),
    );
    expect(message).not.toContain("\u001b");
  });
});

describe("margrave reconcile", () => {
  it("shows ours beside what venues reported", async () => {
    const { out, err, code } = await call(["reconcile"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/acme\/basis\/cross +USD +equity +522,392 +522,401 +-9\.\d\d +-0\.002%/);
    expect(out).toMatch(/dune\/inverse +BTC +equity +12\.6077 +12\.598/);
  });

  it("prints the same as JSON in full precision", async () => {
    const { schema, rows } = await json(["reconcile"]);
    const { pools } = await json(["report"]);
    expect(schema).toBe("margrave/reconcile/1");
    const inverse = rows.find((row: Free) => row.pool === "dune/inverse");
    const pool = pools.find((row: Free) => row.id === "dune/inverse");
    expect(inverse.equity.ours).toBe(pool.equity / 64_000);
    expect(inverse.equity.absolute).toBe(inverse.equity.ours - 12.598);
    expect(inverse.ageMilliseconds).toBe(2000);
  });

  it("says so where nothing is reported", async () => {
    const args = documents(({ accounts }) => {
      delete accounts.reported;
    });
    expect((await call(["reconcile", ...args.slice(1)])).out).toContain("Nothing is reported in accounts.json");
  });
});

describe("bad input ends with exit code 2 and one sentence", () => {
  it.each([
    ["an unknown command", ["ledger"], /^unknown command 'ledger' \(see --help\)$/],
    ["an unknown option", ["report", "--fast"], /^unknown option '--fast'/],
    ["an unknown model", ["report", "--model", "span"], /^option '--model <model>' argument 'span' is invalid/],
    [
      "a confidence that is no number",
      ["report", "--confidence", "high"],
      /argument 'high' is invalid. It must be a number/,
    ],
    ["a confidence of 0", ["report", "--confidence", "0"], /^--confidence must be .*above 0 and below 1, got 0$/],
    ["a confidence of 1", ["report", "--confidence", "1"], /^--confidence must be .*above 0 and below 1, got 1$/],
    ["a confidence of 1.5", ["report", "--confidence", "1.5"], /^--confidence must be .*above 0 and below 1, got 1.5$/],
    [
      "a holding period in other words",
      ["report", "--model", "historical", "--holding-period", "1 day"],
      /^--holding-period must be an ISO 8601 duration.*got "1 day"$/,
    ],
    [
      "a holding period of half a bar",
      ["report", "--model", "historical", "--holding-period", "PT12H"],
      /holdingPeriod|holding-period/,
    ],
    [
      "an unknown estimator",
      ["report", "--covariance", "garch"],
      /^option '--covariance <estimator>' argument 'garch'/,
    ],
    ["a decay of 2", ["report", "--model", "parametric", "--covariance", "ewma:2"], /^--covariance must be/],
    ["a lookback of 0", ["report", "--lookback", "0"], /^option '--lookback <rows>' argument '0' is invalid/],
    ["a lookback beyond the history", ["report", "--model", "historical", "--lookback", "9999"], /needs at least 9999/],
    [
      "an unknown pool",
      ["report", "--pool", "nobody"],
      /^--pool must be the id of a pool in embedded sample, got "nobody"$/,
    ],
    ["an unknown feature to ignore", ["report", "--ignore", "gravity"], /ignore/],
    ["a market without accounts", ["report", "--market", "m.json"], /^--accounts must be given/],
    ["accounts without a market", ["report", "--accounts", "a.json"], /^--market must be given/],
    ["standard input named twice", ["report", "--accounts", "-", "--market", "-"], /^- must be given once/],
    [
      "a file that is not there",
      ["report", "--accounts", "/nowhere/a.json", "--market", "/nowhere/m.json"],
      /^m\.json must be a file, got nothing of that name$/,
    ],
    ["a directory", ["report", "--accounts", "/tmp", "--market", "/tmp"], /^tmp must be a file, got a directory$/],
  ])("for %s", async (_, args, message) => {
    expect(await refusal(args)).toMatch(message);
  });

  it("also without any command, with the help", async () => {
    const { code, err } = await call([]);
    expect(code).toBe(2);
    expect(err).toContain("Usage: margrave");
  });

  it.each<[string, (documents: Documents) => void, RegExp]>([
    [
      "an unknown key",
      (d) => {
        d.accounts.accounts[0].colour = "red";
      },
      /^accounts\.json: accounts\[0\]\.colour must be a key of the schema.*, got an unknown key$/,
    ],
    [
      "a key missing",
      (d) => {
        delete d.market.numeraire;
      },
      /^market\.json: numeraire must be present, got nothing$/,
    ],
    [
      "a number as a text",
      (d) => {
        d.market.prices[0].index = "cheap";
      },
      /^market\.json: prices\[0\]\.index must be a decimal above 0, got "cheap"$/,
    ],
    [
      "an object for a list",
      (d) => {
        d.accounts.accounts = {};
      },
      /^accounts\.json: accounts must be an array, got an object$/,
    ],
    [
      "another schema",
      (d) => {
        d.rules[0].schema = "margrave/rule/9";
      },
      /^rule-0\.json: schema must be "margrave\/rule\/1", got "margrave\/rule\/9"$/,
    ],
    [
      "a document of another kind",
      (d) => {
        d.market = d.accounts;
      },
      /^market\.json: /,
    ],
    [
      "a text for a document",
      (d) => {
        d.market = '"hello"';
      },
      /^market\.json must be an object, got "hello"$/,
    ],
    [
      "no assets",
      (d) => {
        d.market.assets = [];
      },
      /^market\.json: /,
    ],
    [
      "an unknown asset",
      (d) => {
        d.accounts.accounts[1].pools[0].balances[0].asset = "XYZ";
      },
      /^accounts\.json: accounts\[1\]\.pools\[0\]\.balances\[0\]\.asset must be the id of an asset of the market, got "XYZ"$/,
    ],
    [
      "an unknown instrument",
      (d) => {
        d.accounts.accounts[1].pools[0].positions[0].instrument = "XYZ";
      },
      /^accounts\.json: accounts\[1\]\.pools\[0\]\.positions\[0\]\.instrument must be the id of an instrument/,
    ],
    [
      "a price of 0",
      (d) => {
        d.market.prices[1].index = 0;
      },
      /^market\.json: prices\[1\]\.index must be .*, got 0$/,
    ],
    [
      "a price of -0",
      (d) => {
        d.market = JSON.stringify(d.market).replace('"index":64000', '"index":-0');
      },
      /^market\.json: prices\[1\]\.index must be .*, got -?0$/,
    ],
    [
      "a negative price",
      (d) => {
        d.market.prices[1].index = -3;
      },
      /^market\.json: prices\[1\]\.index must be .*, got -3$/,
    ],
    [
      "a price beyond f64",
      (d) => {
        d.market = JSON.stringify(d.market).replace('"index":64000', '"index":1e999');
      },
      /^market\.json: prices\[1\]\.index must be .*, got Infinity/,
    ],
    [
      "NaN in the JSON",
      (d) => {
        d.market = JSON.stringify(d.market).replace('"index":64000', '"index":NaN');
      },
      /^market\.json:1:\d+ must be JSON, got "NaN"/,
    ],
    [
      "a JSON document cut short",
      (d) => {
        d.accounts = JSON.stringify(d.accounts, null, 1).slice(0, 400);
      },
      /^accounts\.json:\d+:\d+ must be JSON, got/,
    ],
    [
      "a missing price",
      (d) => {
        d.market.prices = d.market.prices.filter((p: Free) => p.of !== "SOL");
      },
      /^accounts\.json: accounts\[.*must be an (asset with a price|instrument)/,
    ],
    [
      "a duplicate asset",
      (d) => {
        d.market.assets.push({ id: "BTC" });
      },
      /^market\.json: assets\[13\]\.id must be .*, got "BTC"/,
    ],
    [
      "a duplicate pool",
      (d) => {
        d.accounts.accounts[3].pools[1].id = "birch/longs";
      },
      /^accounts\.json: accounts\[3\]\.pools\[1\]\.id must be|^accounts\.json: accounts\[2\]\.pools\[1\]\.id must be/,
    ],
    [
      "a duplicate account",
      (d) => {
        d.accounts.accounts[1].id = "acme";
      },
      /^accounts\.json: accounts\[1\]\.id must be/,
    ],
    [
      "a cycle in the tree",
      (d) => {
        d.accounts.accounts[0].parent = "acme/basis";
      },
      /^accounts\.json: accounts\[0\]\.parent must be an account whose parents lead to a root/,
    ],
    [
      "unsorted tiers",
      (d) => {
        d.rules[0].assets.BTC.initial = [
          [5, 0.9],
          [3, 0.8],
          [null, 0.7],
        ];
      },
      /^rule-0\.json: assets\.BTC\.initial\[1\]\[0\] must be .*above 5, got 3/,
    ],
    [
      "a haircut outside 0 .. 1",
      (d) => {
        d.rules[0].assets.ETH.maintenance = 1.2;
      },
      /^rule-0\.json: assets\.ETH\.maintenance must be .*got 1\.2/,
    ],
    [
      "a key that reaches a prototype",
      (d) => {
        d.rules[0] = JSON.stringify(d.rules[0]).replace('"ETH":', '"__proto__":');
      },
      /^rule-0\.json: .*__proto__/,
    ],
    [
      "an integer above 2^53",
      (d) => {
        d.accounts = JSON.stringify(d.accounts).replace('"420000"', "9007199254740993");
      },
      /^accounts\.json: accounts\[3\]\.pools\[0\]\.balances\[0\]\.quantity must be .*2\^53|^accounts\.json: accounts\[3\]\.pools\[0\]\.balances\[0\]\.quantity must be/,
    ],
    [
      "an asset that its rule does not list",
      (d) => {
        delete d.rules[0].assets.AVAX;
      },
      /^accounts\.json: accounts\[.*AVAX is not listed in rule house-2026-11/,
    ],
    [
      "a pool that names no rule given",
      (d) => {
        d.accounts.accounts[1].pools[0].rule = "other";
      },
      /^accounts\.json: accounts\[1\]\.pools\[0\]\.rule must be the id of a rule that was given/,
    ],
    [
      "two rules with one id",
      (d) => {
        d.rules[1].id = "house-2026-11";
      },
      /house-2026-11/,
    ],
  ])("for %s", async (_, change, message) => {
    expect(await refusal(documents(change))).toMatch(message);
  });

  it("for a rule that is not given", async () => {
    expect(
      await refusal(
        documents((d) => {
          d.rules = [];
        }),
      ),
    ).toBe("--rule must be given for the collateral model, got nothing");
  });

  it.each<[string, () => string | Uint8Array, RegExp]>([
    [
      "truncated gzip",
      () => gzipSync(csvOf(sample().history)).subarray(0, 2000),
      /^prices\.csv must be a complete gzip file/,
    ],
    ["binary in a CSV", () => "date,BTC\n2021-01-01,1\0\n", /^prices\.csv:2 must be text in UTF-8, got binary data$/],
    [
      "a word for a price",
      () => "date,BTC\n2021-01-01,1\n2021-01-02,one\n",
      /^prices\.csv:3, column BTC must be a price above 0 or empty, got "one"$/,
    ],
    [
      "unsorted dates",
      () => "date,BTC\n2021-01-02,1\n2021-01-01,1\n",
      /^prices\.csv:3 must be a time after 2021-01-02/,
    ],
    [
      "a column of gaps",
      () => "date,BTC,ETH\n2021-01-01,1,\n2021-01-02,1,\n",
      /^prices\.csv: column ETH must be a column with prices/,
    ],
    [
      "no column that the market knows",
      () => "date,AAPL\n2021-01-01,1\n2021-01-02,2\n",
      /^prices\.csv must be a history of a factor of the market \("EUR".*got the columns "AAPL"$/,
    ],
    [
      "too few rows",
      () => csvOf(sample().history).split("\n").slice(0, 300).join("\n"),
      /^prices\.csv: .*needs at least|^prices\.csv: history/,
    ],
  ])("for a history with %s", async (_, content, message) => {
    const args = [...documents(), "--history", files.put("prices.csv", content()), "--model", "historical"];
    expect(await refusal(args)).toMatch(message);
  });

  it("for a history in something that is not the numeraire", async () => {
    const args = [...documents(), "--history", files.put("prices.csv", csvOf(sample().history)), "--history-in", "EUR"];
    expect(await refusal([...args, "--model", "historical"])).toMatch(/EUR/);
  });

  it("for a history without a word on what it is in", async () => {
    const args = documents((d) => {
      delete d.market.history;
    });
    const path = files.put("prices.csv", csvOf(sample().history));
    expect(await refusal([...args, "--history", path])).toMatch(/^--history-in must be given/);
  });

  it("for a history beyond the stated limit", async () => {
    const path = files.put("prices.csv", csvOf(sample().history));
    expect(await refusal([...documents(), "--history", path, "--history-limit", "5000"])).toMatch(
      /^prices\.csv:\d+ must be within the limit of 5,000 prices, got more; raise --history-limit/,
    );
  });
});

describe("the program as such", () => {
  it("prints its version and its help, which are no errors", async () => {
    expect(await run(program, ["--version"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    const help = await call(["report", "--help"]);
    expect(help.code).toBe(0);
    for (const option of [
      "--accounts",
      "--market",
      "--rule",
      "--model",
      "--confidence",
      "--missing",
      "--pool",
      "--json",
    ]) {
      expect(help.out).toContain(option);
    }
  });

  it("reads standard input, and ends with exit code 2 where that is bad, as a process of its own", async () => {
    const args = documents().map((arg) => (arg.endsWith("/accounts.json") ? "-" : arg));
    const accounts = JSON.stringify(sample().accounts);
    const good = await run(program, [...args, "--json"], { stdin: accounts });
    expect({ code: good.code, err: good.err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(good.out).sources.accounts).toBe("standard input");
    const bad = await run(program, args, { stdin: accounts.slice(0, 100) });
    expect(bad).toEqual({
      code: 2,
      out: "",
      err: "margrave: standard input:1:101 must be JSON, got the end of the text\n",
    });
    expect((await run(program, ["report", "--pool", "nobody"])).code).toBe(2);
  });

  it("shows progress and colour at a terminal, and takes the progress away again", async () => {
    const { out, err } = await call(["report"], "", { colour: true, watched: true });
    expect(err).toContain("margining");
    expect(err.endsWith("\r\u001b[2K")).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are taken off again
    expect(out.replace(/\u001b\[\d*m/g, "")).toBe((await call(["report"])).out);
    const asJson = await call(["report", "--json"], "", { colour: true, watched: true });
    expect(asJson.err).toBe("");
    expect(asJson.out).not.toContain("\u001b");
  });

  it("ends with exit code 1 and says so where the fault is its own", async () => {
    const broken = () => {
      throw new TypeError("a cable came loose");
    };
    const { code, err } = await call(["report"], "", { out: broken });
    expect(code).toBe(1);
    expect(err).toBe("margrave: this is a fault of margrave, please report it: a cable came loose\n");
  });

  it("does not mind a reader that has seen enough", async () => {
    const { spawn } = await import("node:child_process");
    const code = await new Promise((done) => {
      const child = spawn("sh", ["-c", `"${process.execPath}" "${program}" report --json | head -c 10; exit 0`]);
      let err = "";
      child.stderr.on("data", (piece) => {
        err += piece;
      });
      child.on("close", (status) => done(`${status} ${err}`));
    });
    expect(code).toBe("0 ");
  });
});

const data = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

describe("on recorded accounts and prices", () => {
  const account = "exchange_account_states/hyperliquid_cross_12_positions_2023-03-27.json";
  const prices = "crypto_hourly_close_2021_2025/close_1h_usdt.csv.gz";
  const present = [account, prices].every((name) => {
    if (existsSync(data + name)) return true;
    console.warn(`MISSING ${data}${name}: the joint report on a recorded account is skipped`);
    return false;
  });

  it.skipIf(!present)(
    "reports the joint VaR of the coins that have a history and names the others in one sentence",
    async () => {
      const state = JSON.parse(readFileSync(data + account, "utf8")).response;
      const positions: readonly Free[] = state.assetPositions.map((entry: Free) => entry.position);
      const coins: readonly string[] = positions.map((position) => position.coin);
      const price = (position: Free) => Number(position.positionValue) / Math.abs(Number(position.szi));
      const asOf = "2023-03-27T18:05:22Z";
      const market = {
        schema: "margrave/market/1",
        asOf,
        numeraire: "USD",
        assets: [
          { id: "USD" },
          { id: "USDC" },
          { id: "USDT", peg: { to: "USD", ratio: 1 } },
          ...coins.map((id) => ({ id })),
        ],
        prices: [
          { of: "USDC", in: "USD", index: 1 },
          { of: "USDT", in: "USD", index: 1 },
          ...positions.map((position) => ({ of: position.coin, in: "USD", index: price(position) })),
          ...positions.map((position) => ({ of: `${position.coin}-PERP`, mark: price(position) })),
        ],
        instruments: coins.map((coin) => ({
          ...{ id: `${coin}-PERP`, kind: "perpetual", payoff: "linear", underlying: coin },
          ...{ quote: "USDC", settle: "USDC", multiplier: 1 },
        })),
        // The account's dollar is taken as one: it has no hourly history of its own over these days.
        exposures: [{ of: "USDC", to: {} }],
      };
      const gained = positions.reduce((sum, p) => sum + Number(p.szi) * (price(p) - Number(p.entryPx)), 0);
      const accounts = {
        schema: "margrave/accounts/1",
        asOf,
        accounts: [
          {
            id: "recorded",
            pools: [
              {
                id: "recorded/cross",
                balances: [{ asset: "USDC", quantity: `${Number(state.crossMarginSummary.accountValue) - gained}` }],
                positions: positions.map((p) => ({
                  instrument: `${p.coin}-PERP`,
                  quantity: p.szi,
                  entryPrice: p.entryPx,
                })),
              },
            ],
          },
        ],
      };
      const args = [
        "report",
        ...["--accounts", files.put("recorded.json", accounts), "--market", files.put("then.json", market)],
        ...["--history", data + prices, "--history-in", "USDT"],
      ];
      // The margin that the venue asked of this account: one fraction for all, as five of its liquidation prices tell.
      const rule = {
        ...{ schema: "margrave/rule/1", id: "venue", model: "collateral" },
        ...{ assets: { USDC: { maintenance: 1 } }, instruments: [{ match: {}, maintenance: 0.007495 }] },
      };
      const under = await json([...args, "--rule", files.put("venue.json", rule), "--missing", "drop"]);
      const { accountValue, totalNtlPos } = state.crossMarginSummary;
      near(under.pools[0].equity, Number(accountValue), tolerance.poolSumRelative * Number(totalNtlPos), "equity");
      expect(under.pools[0].eligible.initial).toBeNull();
      expect(under.pools[0].reasons["eligible.initial"]).toBe("the rule has no initial level");
      // Its liquidation prices as the venue gave them, where it gave any: a long's below, a short's above.
      for (const { coin, liquidationPx, szi } of positions) {
        const level = under.detail.levels.find((row: Free) => row.factor === coin);
        const [toward, away] = Number(szi) > 0 ? [level.down, level.up] : [level.up, level.down];
        expect(away).toBeNull();
        expect(toward === null).toBe(liquidationPx === null);
        if (toward === null) continue;
        near(toward.price, Number(liquidationPx), tolerance.recordedPriceRelative * Number(liquidationPx), coin);
      }

      for (const model of ["historical", "parametric"]) {
        const report = await json([...args, "--model", model, "--missing", "drop"]);
        const missing = ["ATOM", "MATIC", "DYDX", "APE", "OP", "ARB"];
        expect(report.risk.missingFactors).toEqual(missing);
        expect(report.notes.filter((note: string) => missing.every((coin) => note.includes(coin)))).toHaveLength(1);
        expect(report.detail.factors.map((part: Free) => part.name).sort()).toEqual([
          "AVAX",
          "BNB",
          "BTC",
          "ETH",
          "LTC",
          "SOL",
        ]);
        const [pool] = report.pools;
        // A day's 99 % loss of some 1,700 dollars of net exposure: more than 3 % and less than 20 % of it.
        expect(pool.risk.valueAtRisk).toBeGreaterThan(50);
        expect(pool.risk.expectedShortfall).toBeGreaterThan(pool.risk.valueAtRisk);
        expect(pool.risk.expectedShortfall).toBeLessThan(340);
        // The short position takes risk away.
        expect(report.detail.factors.find((part: Free) => part.name === "BTC").expectedShortfall).toBeLessThan(0);
        expect(report.history.last <= asOf).toBe(true);
      }
      expect(await refusal([...args, "--model", "historical"])).toMatch(
        /ATOM, MATIC, DYDX, APE, OP, ARB.*--missing drop/,
      );
    },
  );

  const stocks = "equity_daily_us_1990_2022/sp500_20_stocks_close.csv.gz";
  it.skipIf(!existsSync(data + stocks))(
    "takes trading days as consecutive bars on request, with their own dates",
    async () => {
      const market = {
        ...{ schema: "margrave/market/1", asOf: "2022-12-28T21:00:00Z", numeraire: "USD" },
        assets: [{ id: "USD" }, { id: "AAPL" }, { id: "JPM" }],
        prices: ["AAPL", "JPM"].map((of) => ({ of, in: "USD", index: 100 })),
        history: { file: data + stocks, in: "USD", interval: "P1D" },
      };
      const accounts = {
        ...{ schema: "margrave/accounts/1", asOf: market.asOf },
        accounts: [
          { id: "a", pools: [{ id: "a/1", balances: ["AAPL", "JPM"].map((asset) => ({ asset, quantity: 10 })) }] },
        ],
      };
      const args = [
        "report",
        ...["--accounts", files.put("stocks.json", accounts), "--market", files.put("close.json", market)],
        ...["--model", "historical", "--lookback", "1000"],
      ];
      const consecutive = await json([...args, "--history-rows", "consecutive"]);
      // 9 and 12 March 2020 followed weekends or halts: calendar bars lose the Monday.
      const days = consecutive.detail.worst.map((day: Free) => day.time.slice(0, 10));
      expect(days).toContain("2020-03-16");
      expect(days.every((day: string) => ![0, 6].includes(new Date(day).getUTCDay()))).toBe(true);
      const calendar = await json(args);
      expect(calendar.detail.worst.every((day: Free) => new Date(day.time).getUTCDay() !== 1)).toBe(true);
    },
  );
});
