const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DURATION = /^P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$/;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** ACT/365: the year of every rate stated per year. */
export const YEAR = 365 * DAY;

/** ms since 1970 of a calendar time, or NaN where there is no such day or time (30 February, 24:00, a leap second). */
function calendar(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return date.getTime() + hour * HOUR + minute * MINUTE + second * SECOND;
}

/**
 * ms since 1970 of an ISO 8601 time with a zone, e.g. `2026-11-20T08:00:00Z` or `2026-11-20T09:00+01:00`; NaN for
 * anything else. Digits of a second beyond the millisecond are dropped. A time without a zone is not a time: it means
 * another moment on every machine.
 */
export function parseInstant(value: string): number {
  const parts = INSTANT.exec(value);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second = "0", fraction = "", sign, zoneHour = "0", zoneMinute = "0"] = parts;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return Number.NaN;
  const zone = Number(zoneHour) * HOUR + Number(zoneMinute) * MINUTE;
  return (
    calendar(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)) +
    Number(fraction.padEnd(3, "0").slice(0, 3)) -
    (sign === "-" ? -zone : zone)
  );
}

/** ms since 1970 of the start, in UTC, of a date such as `2026-11-01`; NaN for anything else. */
export function parseDate(value: string): number {
  const parts = DATE.exec(value);
  return parts === null ? Number.NaN : calendar(Number(parts[1]), Number(parts[2]), Number(parts[3]), 0, 0, 0);
}

/**
 * ms of an ISO 8601 duration in weeks, or in days, hours, minutes and seconds: `P1W`, `P1D`, `PT1H`, `P1DT12H`; NaN for
 * anything else. Months and years have no fixed length and a duration of zero none at all, so they are not durations.
 */
export function parseDuration(value: string): number {
  const parts = DURATION.exec(value);
  if (parts === null || value.endsWith("T")) return Number.NaN;
  const units = [7 * DAY, DAY, HOUR, MINUTE, SECOND];
  const length = units.reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
  return length > 0 && Number.isSafeInteger(length) ? length : Number.NaN;
}
