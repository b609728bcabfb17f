import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, packBook, parseMarket } from "../../src/index.js";
import { preset, presets } from "../../src/presets/index.js";
import { composed, composedRule } from "../../src/rules/index.js";
import { sample } from "../../src/sample.js";
import { buildCli, call, run, scratchFolder } from "../support/cli.js";

let program = "";
const files = scratchFolder();
beforeAll(async () => {
  program = await buildCli();
});
afterAll(() => {
  rmSync(files.path, { recursive: true, force: true });
  rmSync(dirname(program), { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: what was printed has no type until it is looked at
type Free = any;

async function json(...args: readonly string[]): Promise<Free> {
  const outcome = await call([...args, "--json"]);
  expect(outcome).toMatchObject({ code: 0, err: "" });
  return JSON.parse(outcome.out);
}

/** Standard error of a run that must be refused as bad input, in one sentence and with nothing on standard output. */
async function refusal(...args: readonly string[]): Promise<string> {
  const outcome = await call(args);
  expect(outcome).toMatchObject({ code: 2, out: "" });
  expect(outcome.err).toMatch(/^margrave: [^\n]*\n$/);
  return outcome.err.trimEnd().slice("margrave: ".length);
}

const documents = (): readonly string[] => {
  const { accounts, market } = sample();
  return ["--accounts", files.put("accounts.json", accounts), "--market", files.put("market.json", market)];
};

function priceOf(market: Free, asset: string): number {
  return market.prices.find(({ of }: Free) => of === asset).index;
}

describe("margrave margin", () => {
  it("puts every pool of the sample under its rules, side by side, and says why a rule refuses one", async () => {
    const { code, out, err } = await run(program, ["margin"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const text of [
      "accounts  embedded sample: 12 pools",
      "Pools under each rule",
      "acme/basis/cross  house-2026-11",
      "Refused, and why",
      "- acme/basis/cross under lending-2026-08: ",
    ]) {
      expect(out).toContain(text);
    }
    expect(out).not.toMatch(/NaN|undefined/);
  });

  it("prints the library's numbers in full under any number of presets and files", async () => {
    const own = composedRule(sample().rules[0]);
    const args = ["--rule", "house", "--rule", "hyperliquid", "--rule", files.put("own.json", sample().rules[0])];
    const printed = await json("margin", ...documents(), ...args);
    expect(printed.rules.map(({ id }: Free) => id)).toEqual(["house", "hyperliquid", own.id]);
    const engine = createEngine();
    const market = parseMarket(sample().market);
    const packed = packBook(sample().accounts, market, { onInvalid: "collect" });
    const book = engine.loadBook(packed, engine.loadMarket(market));
    const rules = [composedRule(preset("house")), composedRule(preset("hyperliquid")), own];
    for (const [r, rule] of rules.entries()) {
      const { excess, healthFactor, status } = engine.margin(book, composed(rule));
      const computed = printed.pools.map((pool: Free) => pool.rules[r]);
      for (const [p, under] of computed.entries()) {
        expect(under.rule).toBe(rule.id);
        if (status[p] === 0) {
          expect(under.excess.maintenance).toBe(excess.maintenance[p]);
          expect(under.healthFactor).toBe(healthFactor[p] === Infinity ? null : healthFactor[p]);
          expect(under.reason).toBeNull();
        } else {
          expect([under.excess.maintenance, under.healthFactor, under.state]).toEqual([null, null, "refused"]);
          expect(under.reason).toMatch(/\S/);
        }
      }
    }
    const statuses = printed.pools.flatMap((pool: Free) => pool.rules.map(({ status }: Free) => status));
    expect(new Set(statuses)).toEqual(new Set(["ok", "unsupported"]));
  });

  it("shows one pool where one is asked for, and as many as the limit", async () => {
    const one = await json("margin", "--pool", "birch/longs");
    expect(one.pools.map(({ id }: Free) => id)).toEqual(["birch/longs"]);
    const { out } = await call(["margin", "--limit", "2"]);
    expect(out).toContain("10 more pools");
  });

  it.each([
    [["--rule", "aave-v9"], '--rule must be a preset (margrave rules lists them) or a rule file, got "aave-v9"'],
    [
      ["--rule", "house", "--rule", "house"],
      'preset house: id must be other than that of a rule before it, got "house"',
    ],
    [["--rule", "missing.json"], "missing.json must be a file, got nothing of that name"],
    [["--pool", "nobody"], '--pool must be the id of a pool in embedded sample, got "nobody"'],
    [["--market", "market.json"], "--accounts must be given beside --market, got nothing"],
    [["--accounts", "accounts.json"], "--market must be given beside --accounts, got nothing"],
  ])("refuses %j in a sentence", async (args, sentence) => {
    expect(await refusal("margin", ...args)).toBe(sentence);
  });

  it("refuses accounts without a rule, and a rule file that is none, by path", async () => {
    expect(await refusal("margin", ...documents())).toMatch(/^--rule must be given/);
    const wrong = { ...(sample().rules[0] as object), assets: { BTC: { initial: 2, maintenance: 0.9 } } };
    expect(await refusal("margin", ...documents(), "--rule", files.put("wrong.json", wrong))).toMatch(
      /^wrong\.json: assets\.BTC\.initial must be /,
    );
  });

  it("puts each pool under the rule that it names alone, where asked", async () => {
    const own = await json("margin", "--own");
    const every = await json("margin");
    for (const [i, { rules }] of own.pools.entries()) {
      expect(rules).toHaveLength(1);
      expect(rules[0].status).toBe("ok");
      expect(every.pools[i].rules).toContainEqual(rules[0]);
    }
    const other = await json("margin", "--own", "--rule", "aave-v3");
    expect(other.pools[0].rules).toMatchObject([
      {
        rule: "house-2026-11",
        status: "unsupported",
        state: "refused",
        healthFactor: null,
        reason: 'accounts[1].pools[0].rule must be the id of a rule that was given, got "house-2026-11"',
      },
    ]);
  });

  it("refuses a rule that nests without end in a sentence", async () => {
    const inner = `${'{"sum":['.repeat(20_000)}"positions"${"]}".repeat(20_000)}`;
    const text = `{"schema":"margrave/rule/1","model":"composed","id":"x","assets":{},"requirement":${inner}}`;
    expect(await refusal("margin", "--rule", files.put("deep.json", text))).toBe(
      "deep.json must be nested at most 100 deep, got a document that is deeper",
    );
  });

  it("leaves out the features that --ignore names, even where a rule counts them", async () => {
    const { accounts, market } = sample() as Free;
    const pools = [
      {
        id: "loan",
        venue: "v",
        rule: "r",
        options: { eMode: 7 },
        supplies: [{ asset: "WETH@ethereum", quantity: "1", collateral: true }],
        debts: [{ asset: "USDC@ethereum", quantity: "1000", raw: { shares: "5", totalAssets: "7", totalShares: "7" } }],
      },
    ];
    const args = [
      ...["--accounts", files.put("loan.json", { ...accounts, accounts: [{ id: "a", pools }], reported: [] })],
      ...["--market", files.put("market.json", market), "--rule", "aave-v3", "--rule", "compound-v3"],
    ];
    const refused = await json("margin", ...args);
    expect(refused.pools[0].rules.map(({ status }: Free) => status)).toEqual(["unsupported", "unsupported"]);
    const said = (await call(["margin", ...args])).out;
    expect(said).toContain("does not read the option eMode. Leave it out, or give --ignore poolOptions");
    expect(said).not.toContain("ignores");
    const withoutOptions = await json("margin", ...args, "--ignore", "poolOptions");
    // An option that a rule reads is not left out with those that it does not.
    expect(withoutOptions.pools[0].rules[0].reason).toMatch(/eMode: rule aave-v3 has no category "7"/);
    expect(withoutOptions.pools[0].rules[1].reason).toMatch(/raw\.shares must be one of the keys/);
    const computed = await json("margin", ...args, "--ignore", "poolOptions,raw");
    expect(computed.pools[0].rules[1]).toMatchObject({ status: "ok", reason: null });
    const debt = 1000 * priceOf(market, "USDC");
    expect(computed.pools[0].rules[1].eligible.maintenance).toBeCloseTo(0.895 * priceOf(market, "ETH") - debt, 6);
    expect(await refusal("margin", "--rule", "house", "--ignore", "fees")).toMatch(
      /^preset house: ignores\[0\] must be /,
    );
  });

  it("takes the document that margrave rules prints as a rule of one's own", async () => {
    for (const { id } of presets) {
      const printed = await call(["rules", id]);
      expect(printed.code).toBe(0);
      const path = files.put(`${id}.json`, JSON.parse(printed.out));
      const outcome = await call(["margin", "--rule", path]);
      expect([id, outcome.code, outcome.err]).toEqual([id, 0, ""]);
    }
  });
});

describe("margrave explain", () => {
  const POOL = "acme/basis/cross";

  it("prints the waterfall of one pool's excess, whose last line is the excess", async () => {
    const { code, out } = await call(["explain", "--pool", POOL]);
    expect(code).toBe(0);
    expect(out).toContain("Under house-2026-11 of 2026-11-01 (embedded sample), at maintenance");
    expect(out).toMatch(/\neligible +450,256\n/);
    expect(out).toMatch(/\nexcess +428,530\n/);
    expect(out).toMatch(/Under lending-2026-08[^\n]*\nRefused: /);
  });

  it("prints terms that sum to the numbers of margin", async () => {
    const [explained, margin] = [await json("explain", "--pool", POOL), await json("margin", "--pool", POOL)];
    const { terms } = explained.rules[0];
    const sum = (of: Free[], level: string) => of.reduce((total, term) => total + term[level], 0);
    for (const level of ["initial", "maintenance"]) {
      const { eligible, requirement } = margin.pools[0].rules[0];
      expect(sum(terms.eligible, level)).toBeCloseTo(eligible[level], 6);
      expect(sum(terms.requirement, level)).toBeCloseTo(requirement[level], 6);
    }
    // The same by risk group: what BTC and its two positions add, USDC and what is owed in it, staked ether.
    const { groups } = explained.rules[0];
    expect(groups.map(({ group }: Free) => group)).toEqual(["BTC", "USDC", "wstETH@ethereum"]);
    const { excess } = margin.pools[0].rules[0];
    const left = groups.reduce((total: number, { eligible, requirement }: Free) => {
      return total + eligible.maintenance - requirement.maintenance;
    }, 0);
    expect(left).toBeCloseTo(excess.maintenance, 6);
    expect((await call(["explain", "--pool", POOL])).out).toMatch(/\nrisk group +eligible +required +excess\nBTC /);
    expect(explained.rules[1].groups).toBeNull();
    expect(explained.rules[1].terms).toBeNull();
    expect(explained.rules[1].reason).toMatch(/\S/);
  });

  it("needs a pool", async () => {
    expect(await refusal("explain")).toBe("--pool must be given, got nothing");
  });
});

describe("margrave rules", () => {
  it("lists every preset with its date and source, and what it leaves out", async () => {
    const { out } = await call(["rules"]);
    for (const { id, effective, source, refuses } of presets) {
      expect(out).toMatch(new RegExp(`\\n${id} +${effective} `));
      expect(out).toContain(`- ${id}: ${source}`);
      for (const sentence of refuses) expect(out).toContain(`- ${sentence}`);
    }
    expect((await json("rules")).presets).toEqual(JSON.parse(JSON.stringify(presets)));
  });

  it("refuses an id that no preset has", async () => {
    expect(await refusal("rules", "aave")).toMatch(/^rules must be a preset \(aave-v3, .*\), got "aave"$/);
  });
});
