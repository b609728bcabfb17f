import { describe, expect, it } from "vitest";
import { sample } from "../src/sample.js";

/** FNV-1a over the bytes of an array: one number that changes with any bit. */
function hashOf(values: Float64Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16);
}

describe("the embedded sample", () => {
  it("generates the same closes in every engine", () => {
    expect(hashOf(sample().history.closes)).toBe("7abdae81");
  });

  it("ends at the prices of its market and has a crash in the last 500 days", () => {
    const { history } = sample();
    const rows = history.times.length;
    expect(rows).toBeGreaterThan(600);
    const last = Object.fromEntries(history.columns.map((column, c) => [column, history.closes[(c + 1) * rows - 1]]));
    expect(last).toMatchObject({ BTC: 64_000, ETH: 3_000, SOL: 140, USDC: 0.9998, "wstETH/ETH": 1.2183 });
    const btc = history.closes.subarray(0, rows);
    const returns = Array.from(btc.subarray(1), (close, i) => close / (btc[i] ?? 1) - 1);
    expect(Math.min(...returns.slice(-500))).toBeLessThan(-0.15);
  });

  it("is made afresh, so that a caller may change it", () => {
    const one = sample();
    one.history.closes[0] = 1;
    one.history.times[0] = 1;
    expect(sample().history.closes[0]).not.toBe(1);
    expect(sample().market).not.toBe(one.market);
    expect(sample()).toEqual(sample());
  });
});
