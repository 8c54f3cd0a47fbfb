/** PostgreSQL's text of a moment: `2024-02-29 12:00:00.123456+05:30`, with BC behind it before the year 1. */

const MOMENT =
  /^(\d{4,7})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?( BC)?$/;
/** Fewer digits are all a Date has. */
const MS_DIGITS = 3;
/** A Date writes years beyond four digits with a sign, which PostgreSQL does not read. */
const MAX_PLAIN_YEAR = 9999;

/** Undefined where a Date cannot hold it: infinity, or a session that does not write ISO dates. Without a zone it is UTC. */
export function parseTimestampText(text: string): Date | undefined {
  const match = MOMENT.exec(text);
  if (match === null) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction = '', sign, zoneHour, zoneMinute, zoneSecond, bc] =
    match;
  const ms = Number(fraction.slice(0, MS_DIGITS).padEnd(MS_DIGITS, '0'));
  const date = new Date(0);
  date.setUTCFullYear(bc === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), ms);
  const zoneSeconds = Number(zoneHour ?? 0) * 3600 + Number(zoneMinute ?? 0) * 60 + Number(zoneSecond ?? 0);
  date.setTime(date.getTime() - (sign === '-' ? -zoneSeconds : zoneSeconds) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function formatTimestampText(date: Date): string {
  const year = date.getUTCFullYear();
  const iso = date.toISOString();
  if (year > 0 && year <= MAX_PLAIN_YEAR) return iso;
  const rest = iso.slice(iso.indexOf('-', 1));
  return year > 0 ? `${year}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`;
}
