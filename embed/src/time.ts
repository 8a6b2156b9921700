/** Times as people say them. */

/** Largest first; the lengths of month and year are the Gregorian averages. */
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_556_952],
  ['month', 2_629_746],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/**
 * The whole units since `then`, as a non-positive number for Intl.RelativeTimeFormat. A time ahead of this device's
 * clock counts as now: the clock is wrong more often than the server.
 */
export function distance(then: number, now: number): { value: number; unit: Intl.RelativeTimeFormatUnit } {
  const seconds = (now - then) / 1000;
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ['second', Infinity];
  return { value: 0 - Math.floor(Math.max(0, seconds) / length), unit };
}

export function relative(iso: string, locale: string, now = Date.now()): string {
  const { value, unit } = distance(Date.parse(iso), now);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(value, unit);
}

export function absolute(iso: string, locale: string): string {
  return new Date(iso).toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' });
}

/** "30 seconds", "2 minutes": how long to wait. */
export function duration(seconds: number, locale: string): string {
  const [value, unit] = seconds < 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return value.toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'long' });
}
