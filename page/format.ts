import { type Attributes, h } from "./dom.js";

const MINUS = "\u2212";
const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0, signDisplay: "negative" });
const cents = new Intl.NumberFormat("en-GB", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: "negative",
});
const digits = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 5 });
const short = new Intl.NumberFormat("en-GB", { notation: "compact", maximumSignificantDigits: 3 });

/** Minus signs as such. */
export const typographic = (text: string): string => text.replace(/-/g, MINUS);

/** An amount of money: whole units from 1,000 up, cents below. */
export function money(value: number): string {
  return typographic((Math.abs(value) >= 1000 ? whole : cents).format(value));
}

/** An amount of money for the axis of a chart, e.g. `−12.5k`. */
export function compactMoney(value: number): string {
  return typographic(short.format(value)).replace(/K$/, "k");
}

/** A price: as many digits as it takes to tell neighbours apart. */
export function price(value: number): string {
  return typographic((Math.abs(value) >= 1000 ? whole : digits).format(value));
}

/** A ratio such as a health factor. */
export function ratio(value: number): string {
  return typographic(value.toFixed(value < 10 ? 3 : 1));
}

/** A number of standard deviations. */
export function deviations(value: number): string {
  return typographic(value.toFixed(2));
}

/** A fraction as a signed percentage, e.g. `−12.3 %`; what rounds to zero has no sign. */
export function percent(value: number, signed = true): string {
  const size = (100 * Math.abs(value)).toFixed(Math.abs(value) < 0.0995 ? 2 : 1);
  const sign = Number(size) === 0 ? "" : value < 0 ? MINUS : signed ? "+" : "";
  return `${sign}${size} %`;
}

/** A relative move of a price. To first order a move may pass the loss of everything, which no price can. */
export function move(value: number): string {
  return value <= -1 ? `< ${MINUS}100 %` : percent(value);
}

/** What stands where there is no number. */
export const NONE = "\u2013";

/**
 * A number on the page. Shown rounded; the full-precision value is in `data-value` and in the tooltip. Infinite ones read
 * as words, since a symbol alone does not say why.
 *
 * @param infinite  what +Infinity and −Infinity mean here
 */
export function figure(
  value: number | null,
  show: (value: number) => string,
  attributes: Attributes = {},
  infinite = "not computed",
): HTMLElement {
  if (value === null) return h("span", { class: "none", ...attributes, "data-value": "null" }, NONE);
  const finite = Number.isFinite(value);
  const text = finite ? show(value) : infinite === "not computed" ? NONE : `${value < 0 ? MINUS : ""}\u221e`;
  return h(
    "span",
    {
      class: text.startsWith(MINUS) ? "figure negative" : "figure",
      title: finite ? String(value) : infinite,
      "data-value": String(value),
      ...attributes,
    },
    text,
  );
}
