import { Button, Checkbox, Group, NativeSelect, NumberInput, Radio, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { WEBHOOK_EVENTS, WEBHOOK_FORMATS } from '~/api/known';
import { sitesQuery } from '~/api/queries';
import type { Webhook, WebhookEvent, WebhookFormat, WebhookPurpose } from '~/api/types';
import { localeNames, useLocale } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { ProblemAlert } from '~/parts/problem-alert';
import { useTenant } from '../tenant';

export type Wish = {
  name: string;
  purpose: WebhookPurpose;
  format: WebhookFormat;
  siteId: string;
  events: WebhookEvent[];
  url: string;
  token: string;
  locale: string;
  deadline: number;
};

type Props = {
  /** The one that is changed; a new one, if there is none. */
  webhook?: Webhook;
  error: Error | null;
  isPending: boolean;
  onSubmit: (wish: Wish) => void;
  onCancel?: () => void;
  /** What opens doors is for the tenant's own people. */
  mayAim?: boolean;
};

const USUAL_DEADLINE = 1_500;

/** What a webhook is like: for a new one all of it, later what can be changed. */
export function WebhookForm({ webhook, error, isPending, onSubmit, onCancel, mayAim = true }: Props) {
  const { words: all, locale } = useLocale();
  const words = all.hooks;
  const tenant = useTenant();
  const { data: sites = [] } = useQuery(sitesQuery(tenant.id));
  const [wish, setWish] = useState<Wish>({
    name: webhook?.name ?? '',
    purpose: webhook?.purpose ?? 'tell',
    format: webhook?.format ?? 'standard',
    siteId: webhook?.site_id ?? '',
    events: webhook?.events ?? ['comment.created'],
    url: '',
    token: '',
    locale: webhook?.locale ?? locale,
    deadline: webhook?.deadline_ms ?? USUAL_DEADLINE,
  });
  const set = (change: Partial<Wish>) => setWish((before) => ({ ...before, ...change }));
  const errors = fieldErrors(error, all);
  const isAsked = wish.purpose === 'ask';
  const format = isAsked ? 'standard' : wish.format;
  const takesToken = format === 'matrix' || format === 'ntfy';

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit({ ...wish, format });
      }}
    >
      <Stack gap="lg">
        <ProblemAlert error={error} />
        <TextInput
          label={words.name}
          description={words.nameHint}
          required
          autoComplete="off"
          value={wish.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={errors['name']}
        />
        {!webhook && (
          <>
            <Radio.Group
              label={words.purpose}
              value={wish.purpose}
              onChange={(purpose) => set({ purpose: purpose as WebhookPurpose })}
              error={errors['purpose']}
            >
              <Stack gap="xs" mt="xs">
                {(['tell', 'ask'] as const).map((one) => (
                  <Radio
                    key={one}
                    value={one}
                    label={words.purposes[one].label}
                    description={words.purposes[one].hint}
                  />
                ))}
              </Stack>
            </Radio.Group>
            {!isAsked && (
              <NativeSelect
                label={words.format}
                value={wish.format}
                onChange={(event) => set({ format: event.currentTarget.value as WebhookFormat })}
                data={WEBHOOK_FORMATS.map((value) => ({ value, label: words.formats[value] }))}
                error={errors['format']}
              />
            )}
          </>
        )}
        {mayAim && (
          <TextInput
            label={words.url}
            description={webhook ? `${words.urlHints[format]} ${words.urlStays}` : words.urlHints[format]}
            placeholder={webhook?.url}
            required={!webhook}
            autoComplete="off"
            inputMode="url"
            value={wish.url}
            onChange={(event) => set({ url: event.currentTarget.value })}
            error={errors['url'] && words.urlWrong}
          />
        )}
        {mayAim && takesToken && (
          <TextInput
            label={words.token}
            description={webhook ? `${words.tokenHint} ${words.urlStays}` : words.tokenHint}
            type="password"
            autoComplete="off"
            value={wish.token}
            onChange={(event) => set({ token: event.currentTarget.value })}
            error={errors['token']}
          />
        )}
        {!webhook && (
          <NativeSelect
            label={words.site}
            description={words.siteHint}
            value={wish.siteId}
            onChange={(event) => set({ siteId: event.currentTarget.value })}
            data={[{ value: '', label: words.allSites }, ...sites.map(({ id, name }) => ({ value: id, label: name }))]}
            error={errors['site_id']}
          />
        )}
        {isAsked ? (
          <NumberInput
            label={words.deadline}
            description={words.deadlineHint}
            min={100}
            max={5000}
            step={100}
            allowDecimal={false}
            value={wish.deadline}
            onChange={(deadline) => set({ deadline: Number(deadline) })}
            error={errors['deadline_ms']}
          />
        ) : (
          <>
            <Checkbox.Group
              label={words.events}
              value={wish.events}
              onChange={(events) => set({ events: events as WebhookEvent[] })}
              error={errors['events']}
            >
              <Stack gap="xs" mt="xs">
                {WEBHOOK_EVENTS.map((one) => (
                  <Checkbox key={one} value={one} label={words.eventNames[one]} description={one} />
                ))}
              </Stack>
            </Checkbox.Group>
            {format !== 'standard' && (
              <NativeSelect
                label={words.language}
                value={wish.locale}
                onChange={(event) => set({ locale: event.currentTarget.value })}
                data={Object.entries(localeNames).map(([value, label]) => ({ value, label }))}
              />
            )}
          </>
        )}
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {all.app.cancel}
            </Button>
          )}
          <Button type="submit" loading={isPending}>
            {webhook ? words.save : words.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
