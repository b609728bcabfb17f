import { type ChildProcess, spawn } from "node:child_process";
import { type Browser, type BrowserType, chromium, firefox, type Page } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bitsOf } from "../../page/bits.js";
import { numbers as numbersOf } from "../../page/desk.js";
import { estimatorChoices, estimatorOf } from "../../page/estimators.js";
import { WIDE } from "../../page/liquidation.js";
import { launchOptions } from "../../scripts/browsers.mjs";
import {
  collateral,
  createEngine,
  ewma,
  type FactorRiskResult,
  type HistoricalModel,
  historical,
  liquidation,
  marketCovariance,
  type MarginModel,
  type MarginResult,
  packBook,
  parametric,
  parseHistory,
  parseMarket,
  parseRule,
} from "../../src/index.js";
import { eigenSymmetric } from "../../src/numerics/index.js";
import { preset } from "../../src/presets/index.js";
import { composed, composedRule, liquidationPrices } from "../../src/rules/index.js";
import { sample } from "../../src/sample.js";

/** A selected pool of the sample that has holdings, positions and a rule with both levels. */
const POOL = "acme/basis/cross";
/** Inputs of that pool. */
const BTC_BALANCE = "accounts[1].pools[0].balances[0].quantity";
const BTC_INDEX = "prices[1].index";

let server: ChildProcess;
let url: string;
let printed: string;

beforeAll(async () => {
  server = spawn(process.execPath, ["scripts/page.mjs", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  printed = "";
  url = await new Promise<string>((resolve, reject) => {
    server.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed);
      if (found !== null) resolve(found[0]);
    });
    server.on("exit", (code) => reject(new Error(`scripts/page.mjs ended with ${code}`)));
  });
}, 120_000);

afterAll(() => {
  server?.kill();
});

type Json = Record<string, unknown>;

/** The library's numbers in Node under the page's data keys, from the sample after `edit`. */
function inNode(model: "collateral" | "parametric" | "historical", edit: (market: Json, accounts: Json) => void) {
  const { market: marketDocument, accounts, rules, history } = sample();
  edit(marketDocument as Json, accounts as Json);
  const engine = createEngine();
  const market = parseMarket(marketDocument);
  const resident = engine.loadMarket(market, { history: parseHistory(history) });
  const book = engine.loadBook(packBook(accounts, market), resident);
  const rule = rules.map(parseRule);
  const past = historical({ confidence: 0.99, holdingPeriod: "P1D", measure: "valueAtRisk" });
  const covariance = ewma({ decay: 0.97 });
  const tail: MarginModel<FactorRiskResult> & Pick<HistoricalModel, "decompose"> =
    model === "parametric" ? parametric({ confidence: 0.99, holdingPeriod: "P1D", covariance }) : past;
  const margining: MarginModel<MarginResult> = model === "collateral" ? collateral(rule) : tail;
  const result = engine.margin(book, margining);
  const tails = engine.margin(book, tail);
  const parts = tail.decompose(book, book.packed.poolIndex(POOL));
  const levels = liquidation(book, rule, { covariance, horizon: "P1D", marketFactor: "BTC" });
  const values = new Map<string, string>();
  const set = (key: string, value: number | null | undefined) => values.set(key, String(value));
  for (let row = 0; row < book.packed.poolCount; row++) {
    const { id } = book.packed.pool(row);
    set(`${id}:equity`, result.equity[row]);
    set(`${id}:eligible`, result.eligible.maintenance[row]);
    set(`${id}:initial`, result.requirement.initial?.[row]);
    set(`${id}:maintenance`, result.requirement.maintenance[row]);
    set(`${id}:excess`, result.excess.maintenance[row]);
    set(`${id}:health`, result.healthFactor[row]);
    set(`${id}:sigmas`, levels.risk?.distance[row]);
    if (id !== POOL) continue;
    set("selected:valueAtRisk", tails.valueAtRisk[row]);
    set("selected:expectedShortfall", tails.expectedShortfall[row]);
  }
  for (const { factor, down, up } of levels.pool(POOL).factors) {
    set(`level:${factor}:below`, down?.price ?? null);
    set(`level:${factor}:above`, up?.price ?? null);
  }
  for (const [i, name] of parts.factors.names.entries()) {
    set(`component:${name}`, parts.factors.valueAtRisk.component[i]);
  }
  set("component:sum", parts.factors.valueAtRisk.total);
  values.set("kernel", engine.kernelHash).set("build", engine.build);
  values.set("bits", bitsOf(numbersOf(result, tails, levels)));
  return values;
}

/** Put `value` at a path such as `prices[1].index`. */
function write(documents: unknown, path: string, value: string): void {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  const at = keys.reduce((node, key) => (node as Record<string, unknown>)[key], documents);
  (at as Record<string, unknown>)[last] = value;
}

/** What the page shows, full precision, by data key. */
const shown = (page: Page): Promise<Map<string, string>> =>
  page
    .$$eval("[data-key]", (elements) =>
      elements.map((element): [string, string] => [
        element.getAttribute("data-key") ?? "",
        element.getAttribute("data-value") ?? element.textContent ?? "",
      ]),
    )
    .then((entries) => new Map(entries));

const input = (page: Page, path: string) => page.locator(`input[data-path="${path}"]`);

const kinds: readonly ["chromium" | "firefox", BrowserType][] = [
  ["chromium", chromium],
  ["firefox", firefox],
];

describe.each(kinds)("in %s", (kind, type) => {
  let browser: Browser;
  let page: Page;
  let faults: string[];
  let requests: string[];

  beforeAll(async () => {
    browser = await type.launch(launchOptions(kind));
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    page.on("request", (request) => requests.push(request.url()));
  }, 60_000);

  afterAll(() => browser?.close());

  beforeEach(async () => {
    faults = [];
    requests = [];
    await page.goto(url);
    await choose(POOL);
  });

  async function choose(pool: string) {
    await page.locator(`button[data-pool="${pool}"]`).click();
    await page.locator("#pool-title", { hasText: pool }).waitFor();
  }

  const chooseModel = (model: string) => page.locator(`input[name="model"][value="${model}"]`).check({ force: true });

  it("loads without an error and asks nobody but this machine", async () => {
    const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
    expect(faults).toEqual([]);
    expect(requests.length).toBeGreaterThanOrEqual(3);
    expect([...requests, ...loaded].filter((each) => !each.startsWith(url) && !each.startsWith("data:"))).toEqual([]);
  });

  it.each(["collateral", "parametric", "historical"] as const)(
    "shows the %s numbers of Node, to the digit",
    async (model) => {
      await chooseModel(model);
      const values = inNode(model, () => {});
      const numbers = await shown(page);
      expect(values.size).toBeGreaterThan(70);
      for (const [key, value] of values) expect([key, numbers.get(key)]).toEqual([key, value]);
    },
  );

  it.each([
    ["a quantity", BTC_BALANCE, "12.5"],
    ["a price", BTC_INDEX, "58000"],
  ])("recomputes as %s is typed", async (_, path, text) => {
    await page.locator("#follow").uncheck();
    const untouched = await shown(page);
    const field = input(page, path);
    await field.focus();
    await field.press("ControlOrMeta+a");
    await field.pressSequentially(text);
    const values = inNode("collateral", (market, accounts) => {
      const documents = { prices: market.prices, accounts: accounts.accounts };
      write(documents, path, text);
    });
    const numbers = await shown(page);
    for (const [key, value] of values) expect([key, numbers.get(key)]).toEqual([key, value]);
    expect(numbers.get(`${POOL}:excess`)).not.toBe(untouched.get(`${POOL}:excess`));
    expect(numbers.get("bits")).not.toBe(untouched.get("bits"));

    await page.locator("#reset").click();
    expect(await shown(page)).toEqual(untouched);
    expect(faults).toEqual([]);
  });

  it("moves marks and quotes with their index unless told not to", async () => {
    await input(page, BTC_INDEX).fill("32000");
    expect(await input(page, "prices[9].mark").inputValue()).toBe("32050");
    expect(await input(page, "prices[1].ask").inputValue()).toBe("32002.5");
    expect(await input(page, "prices[2].index").inputValue()).toBe("3000");
  });

  it.each([
    ["a quantity", BTC_BALANCE, ["ten", "", "1e999"]],
    ["a price", BTC_INDEX, ["-1", "0", "64,000"]],
  ])("refuses %s that is none by the library's sentence and keeps the last good numbers", async (_, path, texts) => {
    const good = await shown(page);
    const field = input(page, path);
    const problem = page.locator("#problem");
    for (const text of texts) {
      await field.fill(text);
      await problem.waitFor();
      const sentence = (await problem.textContent()) ?? "";
      expect(sentence).toMatch(/^InvalidInputError: /);
      expect(sentence).toContain(`${path} must be `);
      expect(sentence).toContain("last valid input");
      expect(await field.getAttribute("aria-invalid")).toBe("true");
      expect(await page.locator("[aria-invalid]").count()).toBe(1);
      expect(await shown(page)).toEqual(good);
    }
    await page.locator("#reset").click();
    expect(await problem.isHidden()).toBe(true);
    expect(await page.locator("[aria-invalid]").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it("refuses a confidence outside (0, 1) and keeps the last good numbers", async () => {
    const good = await shown(page);
    const field = page.locator('input[name="confidence"]');
    for (const text of ["0", "1", "1.5", "high", ""]) {
      await field.fill(text);
      const sentence = await page.locator("#problem").textContent();
      expect(sentence).toMatch(/^InvalidInputError: historical\.confidence must be /);
      expect(await field.getAttribute("aria-invalid")).toBe("true");
      expect(await shown(page)).toEqual(good);
    }
    await field.fill("0.975");
    expect(await page.locator("#problem").isHidden()).toBe(true);
    expect((await shown(page)).get("selected:valueAtRisk")).not.toBe(good.get("selected:valueAtRisk"));
  });

  it.each(["house", "hyperliquid", "kraken-collateral"])(
    "shows every pool under %s as Node does, and why the rule refuses one",
    async (id) => {
      await page.locator("#rule").selectOption(id);
      const { market: facts, accounts } = sample();
      const engine = createEngine();
      const market = parseMarket(facts);
      const packed = packBook(accounts, market, { onInvalid: "collect" });
      const book = engine.loadBook(packed, engine.loadMarket(market));
      const model = composed(composedRule(preset(id)));
      const { excess, requirement, healthFactor, status } = engine.margin(book, model);
      const numbers = await shown(page);
      let refused = 0;
      for (let row = 0; row < packed.poolCount; row++) {
        const pool = packed.pool(row).id;
        if (status[row] !== 0) {
          refused++;
          expect(numbers.has(`${pool}:excess`)).toBe(false);
          continue;
        }
        expect(numbers.get(`${pool}:excess`)).toBe(String(excess.maintenance[row]));
        expect(numbers.get(`${pool}:maintenance`)).toBe(String(requirement.maintenance[row]));
        expect(numbers.get(`${pool}:health`)).toBe(String(healthFactor[row]));
      }
      expect(refused).toBeGreaterThan(0);
      const bad = page.locator("#pools .status.bad").first();
      expect(await bad.getAttribute("title")).toMatch(/\w+ .*\w/);
      const one = Array.from(status).findIndex((code) => code !== 0);
      await choose(packed.pool(one).id);
      expect(await page.locator("#pool-reason").textContent()).toContain(`It has no number under ${id}`);
      expect(faults).toEqual([]);
    },
  );

  it("liquidates a pool under a picked rule where the library does", async () => {
    await page.locator("#rule").selectOption("house");
    const { market: facts, accounts } = sample();
    const engine = createEngine();
    const market = parseMarket(facts);
    const packed = packBook(accounts, market, { onInvalid: "collect" });
    const book = engine.loadBook(packed, engine.loadMarket(market));
    const model = composed(composedRule(preset("house")));
    const { factors } = liquidationPrices(book, POOL, model, WIDE);
    const numbers = await shown(page);
    let levels = 0;
    for (const { factor, price, levels: found } of factors) {
      const below = found.findLast(({ move }) => move < 0);
      const above = found.find(({ move }) => move > 0);
      for (const [side, level] of [
        ["below", below],
        ["above", above],
      ] as const) {
        if (level !== undefined) levels++;
        const wanted = level === undefined || price === null ? "null" : String(price * (1 + level.move));
        expect([factor, side, numbers.get(`level:${factor}:${side}`)]).toEqual([factor, side, wanted]);
      }
    }
    expect(levels).toBeGreaterThan(0);
  });

  it.each(estimatorChoices)(
    "shows the correlation, its eigenvalues and the risk under $text as Node has them",
    async ({ value }) => {
      await chooseModel("parametric");
      await page.locator("#estimator").selectOption(value);
      const { market: facts, accounts, history } = sample();
      const engine = createEngine();
      const market = parseMarket(facts);
      const resident = engine.loadMarket(market, { history: parseHistory(history) });
      const book = engine.loadBook(packBook(accounts, market), resident);
      const estimator = estimatorOf(value);
      const found = marketCovariance(resident, { estimator });
      const { values } = eigenSymmetric(engine, found.names.length, found.correlation);
      const numbers = await shown(page);
      const cells = await page.$$eval("#correlation td[data-value]", (tds) =>
        tds.map((td) => td.getAttribute("data-value")),
      );
      expect(cells).toEqual(Array.from(found.correlation, String));
      for (const [i, eigenvalue] of Array.from(values).reverse().entries()) {
        expect(numbers.get(`eigenvalue:${i + 1}`)).toBe(String(eigenvalue));
      }
      expect(numbers.get("correlation:shrinkage") ?? "null").toBe(String(found.shrinkage));
      expect(numbers.get("correlation:condition")).toBe(String((values.at(-1) ?? 0) / (values[0] ?? 0)));
      const model = parametric({ confidence: 0.99, holdingPeriod: "P1D", covariance: estimator });
      const { valueAtRisk } = engine.margin(book, model);
      expect(numbers.get("selected:valueAtRisk")).toBe(String(valueAtRisk[book.packed.poolIndex(POOL)]));
      expect(faults).toEqual([]);
    },
  );

  it.each(["own", "house"])("explains every number, term by term down to it, under the rule %s", async (rule) => {
    await page.locator("#rule").selectOption(rule);
    const keys = await page.$$eval(`[data-explain^="${POOL}:"]`, (buttons) =>
      buttons.map((button) => button.getAttribute("data-explain")?.split(":").at(-1) ?? ""),
    );
    for (const key of ["equity", "eligible", "initial", "maintenance", "excess", "health", "valueAtRisk"]) {
      expect(keys).toContain(key);
      const button = page.locator(`[data-explain="${POOL}:${key}"]`).first();
      const wanted = await button.locator("[data-value]").getAttribute("data-value");
      await button.click();
      const dialog = page.locator("dialog#explain[open]");
      expect(await dialog.locator("[data-explained]").getAttribute("data-value")).toBe(wanted);
      const terms = await dialog
        .locator("tbody td:nth-child(2) [data-value]")
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute("data-value"))));
      expect(terms.length).toBeGreaterThan(0);
      if (key !== "health") {
        const sum = terms.reduce((total, term) => total + term, 0);
        expect(Math.abs(sum - Number(wanted))).toBeLessThanOrEqual(1e-9 * Math.max(1, ...terms.map(Math.abs)));
      }
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
    expect(faults).toEqual([]);
  });

  it("updates within half a second of an input", async () => {
    const times = await input(page, BTC_INDEX).evaluate(async (element) => {
      const field = element as HTMLInputElement;
      const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const samples: { computed: number; painted: number }[] = [];
      for (let i = 0; i < 40; i++) {
        await frame();
        field.value = String(60_000 + 100 * i);
        const began = performance.now();
        field.dispatchEvent(new Event("input", { bubbles: true }));
        const computed = performance.now() - began;
        await frame();
        samples.push({ computed, painted: performance.now() - began });
      }
      return samples;
    });
    const at = (of: "computed" | "painted", share: number) =>
      times.map((sample) => sample[of]).sort((a, b) => a - b)[Math.floor(share * times.length)] ?? Infinity;
    const line = (["computed", "painted"] as const).map(
      (of) => `${of} p50 ${at(of, 0.5).toFixed(1)} ms, p95 ${at(of, 0.95).toFixed(1)} ms`,
    );
    console.log(`page in ${kind}, an input to numbers ${line.join("; ")}`);
    expect(at("painted", 0.5)).toBeLessThan(500);
  });

  it("says in words what each picture shows", async () => {
    const silent = await page.evaluate(() =>
      [...document.querySelectorAll("canvas, svg, img")]
        .filter((picture) => (picture.closest('[role="img"]')?.getAttribute("aria-label") ?? "").length < 40)
        .map((picture) => picture.outerHTML.slice(0, 80)),
    );
    expect(silent).toEqual([]);
    expect(await page.locator("canvas").count()).toBe(1);
    const label = await page.locator("#distribution .canvas").getAttribute("aria-label");
    expect(label).toContain("value at risk is");
    const unlabelled = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")]
        .filter((field) => field.labels?.length === 0 && !field.hasAttribute("aria-label"))
        .map((field) => field.outerHTML),
    );
    expect(unlabelled).toEqual([]);
    const headless = await page.evaluate(
      () => [...document.querySelectorAll("table")].filter((table) => table.querySelector("th") === null).length,
    );
    expect(headless).toBe(0);
  });

  it("is used by keyboard alone", async () => {
    await page.locator('button[data-pool="birch/shorts"]').focus();
    await page.keyboard.press("Enter");
    await page.locator("#pool-title", { hasText: "birch/shorts" }).waitFor();
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.pool)).toBe("birch/shorts");

    await choose(POOL);
    await page.locator("h1").click();
    const wanted = [
      "model",
      "rule",
      "confidence",
      "measure",
      "reset",
      "fjord/levered",
      POOL,
      BTC_BALANCE,
      "follow",
      BTC_INDEX,
    ];
    const reached: string[] = [];
    for (let i = 0; i < 60 && reached.at(-1) !== BTC_INDEX; i++) {
      await page.keyboard.press("Tab");
      reached.push(
        await page.evaluate(() => {
          const { id, tagName, dataset, name } = document.activeElement as HTMLInputElement;
          return id || dataset.path || dataset.pool || name || tagName;
        }),
      );
    }
    expect(reached.filter((each) => wanted.includes(each))).toEqual(wanted);
  });

  it("does not scroll sideways, on a phone or on a desk", async () => {
    for (const width of [320, 390, 760, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      for (const model of ["collateral", "parametric"]) {
        await chooseModel(model);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    }
  });

  it("follows the colour scheme, the canvas too", async () => {
    const look = (of: Page) =>
      of.evaluate(() => ({
        page: getComputedStyle(document.body).backgroundColor,
        canvas: document.querySelector("canvas")?.toDataURL(),
      }));
    if (kind === "chromium") {
      const light = await look(page);
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForFunction((was) => document.querySelector("canvas")?.toDataURL() !== was, light.canvas);
      const dark = await look(page);
      await page.emulateMedia({ colorScheme: "light" });
      expect(dark.page).not.toBe(light.page);
      expect(dark.canvas).not.toBe(light.canvas);
      return;
    }
    // A system Firefox takes the scheme from a preference at its start, not from Playwright.
    const looks = await Promise.all(
      [0, 1].map(async (scheme) => {
        const firefoxUserPrefs = { "layout.css.prefers-color-scheme.content-override": scheme };
        const other = await type.launch({ ...launchOptions(kind), firefoxUserPrefs });
        try {
          const tab = await other.newPage();
          await tab.goto(url);
          await tab.locator("canvas").waitFor();
          return await look(tab);
        } finally {
          await other.close();
        }
      }),
    );
    expect(looks[0]?.page).not.toBe(looks[1]?.page);
    expect(looks[0]?.canvas).not.toBe(looks[1]?.canvas);
  });
});
