// Seeded faults of options: see scripts/mutants.mjs.
const PRICE = "assembly/options/price.ts";
const SPREAD = "assembly/options/spread.ts";
const GREEKS = "assembly/options/greeks.ts";
const IMPLIED = "assembly/options/implied.ts";
const GRID = "assembly/options/grid.ts";

export const optionMutants = [
  [
    "option-parity",
    PRICE,
    "call != 0 ? underlying - paid : paid - underlying",
    "underlying - paid",
    "puts in the money as calls",
  ],
  [
    "option-carry",
    PRICE,
    "logRatio(spot, strike) + (rate - yields) * years",
    "logRatio(spot, strike)",
    "no carry in the distance",
  ],
  ["option-near", PRICE, "ratio > 0.75 && ratio < 1.4", "false", "log of a quotient near 1 loses its digits"],
  [
    "option-halves",
    PRICE,
    "const half = z > 36 ? exponential(-0.25 * z * z) : 1;",
    "const half: f64 = 1;",
    "the far tail is squared",
  ],
  ["option-refuse", PRICE, "abs(rate * years) <= MOST_CARRY && ", "", "a rate that overflows is let pass"],
  [
    "spread-first",
    SPREAD,
    "const FIRST_BELOW = memory.data<f64>([\n  1, 2.12",
    "const FIRST_BELOW = memory.data<f64>([\n  1, 2.13",
    "a coefficient of the first moment",
  ],
  [
    "spread-terms",
    SPREAD,
    "const INVERSES_END: usize = 176;",
    "const INVERSES_END: usize = 80;",
    "the series ends early",
  ],
  ["spread-far", SPREAD, "y < 4 ? 46 : y < 6 ? 34", "y < 4 ? 20 : y < 6 ? 20", "the recurrence begins too near"],
  ["spread-short", SPREAD, "if (t < SHORT) return shortSpread(y, t);", "", "nearly equal ratios are subtracted"],
  ["greek-kink", GREEKS, "return status == OK && kink ? KINK : status;", "return status;", "a kink is not reported"],
  ["greek-theta", GREEKS, "theta -= (density * volatility) / (root + root);", "", "theta without the decay"],
  ["greek-color", GREEKS, "yields + 0.5 / years + d1 * drift", "yields + d1 * drift", "color without the root of time"],
  [
    "greek-forward",
    GREEKS,
    "forward != 0 ? -years * price : years * paid * second",
    "years * paid * second",
    "rho of a forward as of a spot",
  ],
  [
    "greek-zero",
    GREEKS,
    "for (let g = 2; g < GREEKS; g++) if (g < 14 && g != 5 && g != 6) put(out, stride, g, 0);",
    "",
    "greeks of a row before stay",
  ],
  [
    "implied-low",
    IMPLIED,
    "(high + again) - low);",
    "(high + again));",
    "the rounding of the intrinsic value is in the time value",
  ],
  [
    "implied-upper",
    IMPLIED,
    "const upper = share > 0.35 && share >",
    "const upper = share > 9 && share >",
    "near the bound by what is close to 1",
  ],
  ["implied-stop", IMPLIED, "if (abs(step) < 1e-4) return s;", "if (abs(step) < 1e-1) return s;", "a step too few"],
  [
    "implied-order",
    IMPLIED,
    "if (worth < 0) return BELOW_INTRINSIC;\n",
    "",
    "a price below the intrinsic value has a volatility",
  ],
  [
    "grid-put",
    GRID,
    "sign * d2 > 0 ? strike - tail2 : tail2",
    "d2 > 0 ? strike - tail2 : tail2",
    "puts pay what calls do, in the remainder",
  ],
  ["grid-shift", GRID, "volatility * scale + shift) * root", "volatility * scale) * root", "no shift in the remainder"],
  [
    "grid-now",
    GRID,
    "gridOption(n, i, columns, calls, distance, 1, now, now + 32);",
    "store<f64>(now, 0, 32);",
    "profit without today's price",
  ],
  [
    "grid-coin",
    GRID,
    "const then = coin != 0 ? spot * load<f64>(scenarios + at) : 1;",
    "const then = spot;",
    "coin at today's price",
  ],
  ["svi-wings", "src/options/svi.ts", "Math.max(...wings) <= 2", "true", "wings are not looked at"],
  ["surface-linear", "src/options/surface.ts", "low + (high - low) * share", "low", "no interpolation in time"],
  [
    "inverse-gamma",
    "src/options/inverse.ts",
    "(2 * coinDelta) / forward",
    "coinDelta / forward",
    "half of the coin's own curvature",
  ],
];
