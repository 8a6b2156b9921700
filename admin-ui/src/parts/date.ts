import { useLocale } from '~/locales/locale';

/** A day in words, such as "3 May 2027". */
export function useDay(): (at: string) => string {
  const { locale } = useLocale();
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long' });
  return (at) => format.format(new Date(at));
}
