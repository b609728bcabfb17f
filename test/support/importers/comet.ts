import { type JsonObject, preset } from "../../../src/presets/index.js";
import { grouped, type Imported, numberIn, rows } from "./rows.js";

/** Markets of `compound_v3_params` as one rule each: base asset at 1, collateral at its two factors. */
export function cometRules(text: string, effective: string): Imported {
  let used = 0;
  const markets = grouped(rows(text), ({ network, market }) => `${network}-${market}`);
  const rules = [...markets].map(([market, collaterals]) => {
    const base = collaterals[0]?.base_token ?? "";
    const assets: Record<string, JsonObject> = { [base]: { initial: 1, maintenance: 1 } };
    for (const row of collaterals) {
      assets[row.collateral ?? ""] = {
        initial: numberIn(row, "borrowCF"),
        maintenance: numberIn(row, "liquidateCF"),
      };
      used++;
    }
    const source = "github.com/compound-finance/comet @ d5a30b0aaeff7755f1431e87f818990902237b03";
    return preset("compound-v3", { id: `compound-v3-${market}`, effective, source, shipped: false, assets });
  });
  return { rules, refused: [], used };
}
