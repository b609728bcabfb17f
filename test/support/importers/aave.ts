import { type JsonObject, preset } from "../../../src/presets/index.js";
import { grouped, type Imported, numberIn, rows } from "./rows.js";

/**
 * Reserves of `aave_v3_params` as one rule per network: weights from loan-to-value and liquidation threshold. A network with
 * debt ceilings gets the rule before v3.7, with a category `isolated:<symbol>` per reserve that has one, in which all other
 * assets weigh 0. An e-mode is an id without weights in this data: refused, once per network and id.
 */
export function aaveRules(text: string, effective: string): Imported {
  const refused: string[] = [];
  let used = 0;
  const rules = [...grouped(rows(text), ({ network = "" }) => network)].map(([network, reserves]) => {
    const isolated = reserves.filter((row) => numberIn(row, "debt_ceiling") > 0);
    const assets: Record<string, JsonObject> = {};
    for (const row of reserves) {
      const { symbol = "" } = row;
      assets[`${symbol}@${network}`] = {
        initial: numberIn(row, "loan_to_value"),
        maintenance: numberIn(row, "liquidation_threshold"),
      };
      used++;
    }
    const modes = grouped(
      reserves.filter(({ emode_category }) => emode_category !== "0"),
      ({ emode_category = "" }) => emode_category,
    );
    for (const [mode, members] of modes) {
      const names = members.map(({ symbol }) => symbol).join(" ");
      refused.push(`${network}: e-mode ${mode} of ${names} has no weights in the data`);
    }
    const categories = Object.fromEntries(
      isolated.map(({ symbol = "" }) => {
        const id = `${symbol}@${network}`;
        return [`isolated:${symbol}`, { assets: { [id]: assets[id] ?? {} }, others: { initial: 0, maintenance: 0 } }];
      }),
    );
    const source = "github.com/th3nolo/aave-v3-data @ 71685a9b672d384d1ca33e9943ea6102bd6f09d6";
    const parameters = { id: `aave-v3-${network}-${effective}`, effective, source, shipped: false, assets };
    return isolated.length === 0
      ? preset("aave-v3", parameters)
      : preset("aave-v3-pre-3.7", { ...parameters, categories });
  });
  return { rules, refused, used };
}
