import { Group, Select, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { SETTINGS } from '~/api/known';
import { useLocale } from '~/locales/locale';
import { OWN_NAMES } from './own-names';

const AUTO = 'auto';

type Props = {
  value: string;
  onChange: (language: string) => void;
  label: string;
  description: string;
  error?: ReactNode;
  path?: string;
  disabled?: boolean;
};

/** One of the embed's languages, found by its own name, by its name in the reader's language, or by its tag. */
export function LanguageSelect({ value, onChange, path, ...field }: Props) {
  const { locale, words } = useLocale();
  const here = new Intl.DisplayNames([locale], { type: 'language' });
  const tags = SETTINGS.language.choices.filter((tag) => tag !== AUTO).sort((one, other) => nameOf(one).localeCompare(nameOf(other), locale));
  return (
    <Select
      {...field}
      searchable
      allowDeselect={false}
      data-path={path}
      value={value}
      onChange={(tag) => onChange(tag ?? AUTO)}
      data={[
        { value: AUTO, label: words.settings.languageAuto },
        ...tags.map((tag) => ({ value: tag, label: nameOf(tag) })),
      ]}
      filter={({ options, search }) => {
        const wanted = folded(search, locale);
        return options.filter((option) => {
          if ('items' in option) return true;
          const names = [option.label, option.value, option.value === AUTO ? '' : here.of(option.value)];
          return names.some((name) => folded(name ?? '', locale).includes(wanted));
        });
      }}
      renderOption={({ option }) => (
        <Group justify="space-between" wrap="nowrap" flex={1} gap="xs">
          <span lang={option.value === AUTO ? undefined : option.value}>{option.label}</span>
          {option.value !== AUTO && (
            <Text size="sm" c="dimmed" span>
              {here.of(option.value)}
            </Text>
          )}
        </Group>
      )}
      nothingFoundMessage={words.settings.languageNone}
    />
  );
}

function nameOf(tag: string): string {
  return OWN_NAMES[tag] ?? tag;
}

/** Without case and accents: `francais` finds Français. */
function folded(text: string, locale: string): string {
  return text.trim().normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(locale);
}
