import { Card, Switch, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use } from 'react';
import type { SECTIONS } from '~/api/known';
import { boundsQuery } from '~/api/queries';
import { useLocale, useWords } from '~/locales/locale';
import { ListInput } from '~/parts/list-input';
import { type Form, numberOf, type Numeric, type Values } from './form';
import { type Platform, platformOf, rangeOf, type Said, saidOf, type SettingName, UNBOUND } from './platform';
import { useSite } from '../page';
import classes from './settings.module.css';

export type SectionId = (typeof SECTIONS)[number];

/** What the platform lets be chosen, for all fields of the page. */
export const PlatformContext = createContext<Platform>(UNBOUND);

export function usePlatform(): Platform {
  const { data } = useQuery(boundsQuery);
  return data ? platformOf(data.bounds) : UNBOUND;
}

/** What the platform says about a field. */
export function useSaid(field: SettingName): Said {
  const { words, locale } = useLocale();
  const site = useSite();
  return saidOf(use(PlatformContext), field, site.settings[field], words, locale);
}

type SectionProps = { id: SectionId; lead?: string; children: ReactNode };

export function Section({ id, lead, children }: SectionProps) {
  const words = useWords();
  return (
    <Card
      component="section"
      withBorder
      padding="lg"
      id={id}
      aria-labelledby={`${id}-title`}
      className={classes.section}
    >
      <Title order={2} size="h4" mb={lead ? 4 : 'md'} id={`${id}-title`} tabIndex={-1} className={classes.title}>
        {words.settings.groups[id]}
      </Title>
      {lead && (
        <Text size="sm" c="dimmed" mb="md">
          {lead}
        </Text>
      )}
      <div className={classes.fields}>{children}</div>
    </Card>
  );
}

type NumberProps = {
  form: Form;
  field: Numeric;
  label: string;
  hint: string;
  /** What a good number means, in words. */ meaning?: (number: number) => string;
  disabled?: boolean;
};

export function NumberField({ form, field, label, hint, meaning, disabled = false }: NumberProps) {
  const words = useWords();
  const { note, isFixed } = useSaid(field);
  const { min, max } = rangeOf(use(PlatformContext), field);
  const number = numberOf(form.values[field]);
  const isGood = number !== undefined && number >= min && number <= max;
  return (
    <div>
      <TextInput
        type="number"
        inputMode="numeric"
        label={label}
        description={`${hint} ${isFixed ? '' : words.settings.range(min, max)} ${note}`}
        min={min}
        max={max}
        required
        disabled={disabled || isFixed}
        className={classes.number}
        {...form.getInputProps(field)}
      />
      {meaning && (
        <Text size="sm" c="dimmed" mt={4} aria-live="polite">
          {isGood && !disabled ? meaning(number) : ''}
        </Text>
      )}
    </div>
  );
}

type Toggle = { [Field in keyof Values]: Values[Field] extends boolean ? Field : never }[keyof Values];

export function SwitchField({ form, field, label, hint }: { form: Form; field: Toggle; label: string; hint: string }) {
  const { note, isFixed } = useSaid(field);
  return (
    <Switch
      label={label}
      description={`${hint} ${note}`}
      disabled={isFixed}
      {...form.getInputProps(field, { type: 'checkbox' })}
    />
  );
}

type ListName = 'thread_patterns' | 'url_ignored_parameters' | 'url_language_prefixes';
type ListProps = {
  form: Form;
  field: ListName;
  label: string;
  hint: string;
  placeholder: string;
  read: (piece: string) => string | undefined;
  invalid: (pieces: string) => string;
  disabled?: boolean;
};

/** A list of the form; what was typed differently from what it became is said. */
export function ListField({ form, field, label, hint, read, disabled, ...rest }: ListProps) {
  const words = useWords();
  const { note, isFixed } = useSaid(field);
  const { max: most } = rangeOf(use(PlatformContext), field);
  return (
    <ListInput
      label={label}
      description={`${hint} ${words.list.most(most)} ${note}`}
      value={form.values[field]}
      onChange={(entries) => form.setFieldValue(field, entries)}
      read={(piece) => {
        const entry = read(piece);
        if (entry === undefined) return undefined;
        return entry === piece ? { entry } : { entry, note: words.list.became(piece, entry) };
      }}
      most={most}
      inputMode="url"
      error={form.errors[field]}
      path={field}
      disabled={disabled === true || isFixed}
      {...rest}
    />
  );
}
