import { NativeSelect } from '@mantine/core';
import { type Locale, localeNames, useLocale } from '~/locales/locale';

export function LanguageSwitch() {
  const { locale, words, speak } = useLocale();
  return (
    <NativeSelect
      size="xs"
      aria-label={words.app.language}
      value={locale}
      onChange={(event) => speak(event.currentTarget.value as Locale)}
      data={Object.entries(localeNames).map(([value, label]) => ({ value, label }))}
    />
  );
}
