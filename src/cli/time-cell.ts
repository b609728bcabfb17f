const STAMP = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?( ?(?:Z|UTC)|[+-]\d\d:?\d\d)?$/;
const DAY = 86_400_000;

/** What `timeOfCell` accepts, as it stands in messages. */
export const TIME_FORMS = "a time (2021-01-31, 2021-01-31 13:00:00, ISO 8601, or seconds or milliseconds since 1970)";

/**
 * Milliseconds since 1970 of a cell, NaN where it is none of TIME_FORMS. A time without a zone is taken as UTC. A whole
 * number below 1e11 is seconds and above it milliseconds (that is year 5138 in the one and March 1973 in the other);
 * eight digits are refused, since 20210131 is more likely a date than a second in 1970.
 */
export function timeOfCell(cell: string): number {
  if (/^\d{9,14}(?:\.0*)?$/.test(cell)) {
    const number = Number(cell);
    return number < 1e11 ? number * 1000 : number;
  }
  const match = STAMP.exec(cell);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = ""] = match;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC carries 31 February over to March: a date that does not come back as it went in does not exist.
  if (new Date(date).getUTCDate() !== Number(day) || Number(month) < 1 || Number(month) > 12) return Number.NaN;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  const ofDay =
    ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + Number(fraction.padEnd(3, "0").slice(0, 3));
  const offset = zone.startsWith("+") || zone.startsWith("-") ? offsetOf(zone) : 0;
  return Math.abs(offset) < DAY ? date + ofDay - offset : Number.NaN;
}

/** Whether a cell that `timeOfCell` accepts leaves its zone to us. */
export function withoutZone(cell: string): boolean {
  return /^\d{4}-/.test(cell) && !/(?:Z|UTC|[+-]\d\d:?\d\d)$/.test(cell.slice(10));
}

function offsetOf(zone: string): number {
  const digits = zone.replace(/\D/g, "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}

const UNITS: readonly (readonly [number, string, string])[] = [
  [DAY, "D", "P"],
  [3_600_000, "H", "PT"],
  [60_000, "M", "PT"],
  [1000, "S", "PT"],
];

/** A length of time as an ISO 8601 duration in its largest whole unit up to days, e.g. PT1H, PT90M, P1D. */
export function duration(ms: number): string {
  for (const [unit, letter, prefix] of UNITS) {
    if (ms >= unit && ms % unit === 0) return `${prefix}${ms / unit}${letter}`;
  }
  return `PT${ms / 1000}S`;
}

/** A moment to the second, or to the day where it is midnight: `2021-05-19` or `2021-05-19 13:00`. */
export function moment(ms: number): string {
  const iso = new Date(ms).toISOString();
  if (ms % DAY === 0) return iso.slice(0, 10);
  return ms % 60_000 === 0 ? iso.slice(0, 16).replace("T", " ") : iso.slice(0, 19).replace("T", " ");
}
