import { useSyncExternalStore } from 'react';
import { useLocale } from '~/locales/locale';

const STEPS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const TICK_MS = 20_000;

/** "3 minutes ago", with the exact time as a title. */
export function TimeAgo({ at }: { at: string }) {
  const { locale } = useLocale();
  const now = useSyncExternalStore(everyTick, currentTick) * TICK_MS;
  const date = new Date(at);
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium' }).format(date);
  return (
    <time dateTime={at} title={exact}>
      {relative(date.getTime() - now, locale)}
    </time>
  );
}

function relative(distanceMs: number, locale: string): string {
  // The clock of the page stands still between ticks, so that what just happened may seem to lie ahead.
  const seconds = Math.min(0, Math.round(distanceMs / 1000));
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, length] of STEPS) {
    if (-seconds >= length && unit !== 'second') return format.format(Math.ceil(seconds / length), unit);
  }
  return format.format(0, 'second');
}

/** One timer for all times on the page. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function everyTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const notify of listeners) notify();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function currentTick(): number {
  return Math.floor(Date.now() / TICK_MS);
}
