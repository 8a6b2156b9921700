const STEPS: [unit: 'day' | 'hour' | 'minute' | 'second', seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** "12 min", "3.5 hr", as long as one unit says it. */
export function duration(seconds: number, locale: string): string {
  const [unit, length] = STEPS.find(([, length]) => seconds >= length) ?? ['second', 1];
  const format = new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: seconds >= 600 ? 1 : 0 });
  return format.format(seconds / length);
}

export function whole(value: number, locale: string): string {
  return value.toLocaleString(locale);
}

export function percent(value: number, locale: string): string {
  return value.toLocaleString(locale, { style: 'percent', maximumFractionDigits: value < 0.1 ? 1 : 0 });
}

/** A date of a calendar, which is the same wherever it is read. */
export function dayName(date: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return format.format(new Date(`${date}T00:00:00Z`));
}

export function periodName(from: string, by: 'day' | 'week' | 'month', locale: string): string {
  if (by !== 'month') return dayName(from, locale);
  const format = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' });
  return format.format(new Date(`${from}T00:00:00Z`));
}
