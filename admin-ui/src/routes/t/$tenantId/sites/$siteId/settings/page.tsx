import { Alert, Button, Group, Paper, SegmentedControl, Stack, Text, UnstyledButton } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answer, api } from '~/api/client';
import { siteQuery, sitesQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { LeaveGuard } from '~/parts/leave-guard';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useMayManage } from '../../../tenant';
import { useSite } from '../page';
import { CopySettings } from './copy';
import { PlatformContext, type SectionId, usePlatform } from './fields';
import { Preview } from './preview';
import { faults, type Form, refusals, toSettings, toValues, type Values } from './form';
import {
  Addresses,
  Closing,
  General,
  Mail,
  Markup,
  ModerationSection,
  Opening,
  Privacy,
  Reading,
  VotesSection,
  Writing,
} from './sections';
import classes from './settings.module.css';

const SECTIONS: Record<SectionId, typeof General> = {
  general: General,
  moderation: ModerationSection,
  writing: Writing,
  markup: Markup,
  reading: Reading,
  votes: VotesSection,
  closing: Closing,
  opening: Opening,
  addresses: Addresses,
  privacy: Privacy,
  mail: Mail,
};
const IDS = Object.keys(SECTIONS) as SectionId[];

export function SettingsPage() {
  const words = useWords();
  const site = useSite();
  const mayManage = useMayManage();
  const client = useQueryClient();
  const platform = usePlatform();
  const [isCopying, setIsCopying] = useState(false);
  const form = useForm<Values>({
    initialValues: toValues(site.name, site.settings),
    validate: (values) => faults(values, words, platform, site.settings),
  });
  /** Which of the two is seen where there is no room for both. */
  const [side, setSide] = useState('form');
  const showFaults = (errors: Record<string, unknown>) => {
    setSide('form');
    // The form in the order of the page, whatever the order of the errors. After it shows them.
    setTimeout(() => {
      const first = [...document.querySelectorAll<HTMLElement>('[data-path]')].find(
        ({ dataset }) => dataset['path'] && dataset['path'] in errors,
      );
      first?.focus({ preventScroll: true });
      first?.scrollIntoView({ block: 'center' });
    });
  };
  const change = useMutation({
    mutationFn: (values: Values) =>
      answer(
        api.PATCH('/v1/admin/tenants/{tenant_id}/sites/{site_id}', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
          body: { name: values.name, settings: toSettings(values) },
        }),
      ),
    onSuccess: (saved) => {
      client.setQueryData(siteQuery(site.tenant_id, site.id).queryKey, saved);
      void client.invalidateQueries(sitesQuery(site.tenant_id));
      const values = toValues(saved.name, saved.settings);
      form.setInitialValues(values);
      form.setValues(values);
      notifyDone(words.app.saved);
    },
    onError: (error, values) => {
      const errors = refusals(error, values, words);
      form.setErrors(errors);
      showFaults(errors);
    },
  });

  return (
    <PlatformContext value={platform}>
    <div className={classes.layout} data-side={side}>
      <SegmentedControl
        className={classes.sides}
        value={side}
        onChange={setSide}
        fullWidth
        aria-label={words.preview.tabs}
        data={[
          { value: 'form', label: words.preview.settings },
          { value: 'preview', label: words.preview.title },
        ]}
      />
      <Contents />
      <CopySettings
        opened={isCopying}
        onClose={() => setIsCopying(false)}
        onCopied={(copied) => {
          const values = toValues(copied.name, copied.settings);
          form.setInitialValues(values);
          form.setValues(values);
          setIsCopying(false);
        }}
      />
      <div className={classes.beside}>
        <Preview values={form.values} />
      </div>
      <form noValidate className={classes.form} onSubmit={form.onSubmit((values) => change.mutate(values), showFaults)}>
        <fieldset disabled={!mayManage} className={classes.plain}>
          <Stack gap="lg">
            {!mayManage && <Alert icon={<Icon name="info" />}>{words.settings.readOnly}</Alert>}
            {mayManage && (
              <Group justify="flex-end">
                {/* What is typed and not saved would be lost: it is saved or thrown away first. */}
                <Button
                  variant="default"
                  leftSection={<Icon name="copy" />}
                  disabled={form.isDirty()}
                  onClick={() => setIsCopying(true)}
                >
                  {words.lives.copyOpen}
                </Button>
              </Group>
            )}
            {IDS.map((id) => {
              const Fields = SECTIONS[id];
              return <Fields key={id} form={form} disabled={!mayManage} />;
            })}
            <ProblemAlert error={change.error} />
            {mayManage && <SaveBar form={form} isPending={change.isPending} />}
          </Stack>
        </fieldset>
        <LeaveGuard active={form.isDirty() && !change.isPending} />
      </form>
    </div>
    </PlatformContext>
  );
}

/** The way to a part of the page. Buttons, as the fragment of the address belongs to the router. */
function Contents() {
  const words = useWords();
  const current = useCurrent();
  const goTo = (id: SectionId) => {
    document.getElementById(id)?.scrollIntoView();
    document.getElementById(`${id}-title`)?.focus({ preventScroll: true });
  };
  return (
    <nav aria-label={words.settings.contents} className={classes.contents}>
      {IDS.map((id) => (
        <UnstyledButton key={id} aria-current={id === current ? 'true' : undefined} onClick={() => goTo(id)}>
          {words.settings.groups[id]}
        </UnstyledButton>
      ))}
    </nav>
  );
}

/** The part that is being looked at: the first of those in the upper half of the window. */
function useCurrent(): SectionId | undefined {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) =>
        setSeen((before) => {
          const after = new Set(before);
          for (const { target, isIntersecting } of entries) {
            if (isIntersecting) after.add(target.id);
            else after.delete(target.id);
          }
          return after;
        }),
      { rootMargin: '-80px 0px -50% 0px' },
    );
    for (const id of IDS) {
      const section = document.getElementById(id);
      if (section) observer.observe(section);
    }
    return () => observer.disconnect();
  }, []);
  return IDS.find((id) => seen.has(id));
}

function SaveBar({ form, isPending }: { form: Form; isPending: boolean }) {
  const { settings: words } = useWords();
  if (!form.isDirty()) return null;
  const faulty = Object.keys(form.errors).length;
  return (
    <Paper className={classes.bar} withBorder shadow="md" p="xs" role="group" aria-label={words.unsaved}>
      <Group gap="xs" justify="flex-end">
        <Text
          size="sm"
          px={6}
          mr="auto"
          c={faulty > 0 ? 'var(--mantine-color-error)' : undefined}
          visibleFrom={faulty > 0 ? undefined : 'xs'}
          aria-live="polite"
        >
          {faulty > 0 ? words.faulty(faulty) : words.unsaved}
        </Text>
        <Button variant="subtle" color="gray" px="sm" onClick={form.reset}>
          {words.reset}
        </Button>
        <Button type="submit" px="sm" loading={isPending}>
          {words.submit}
        </Button>
      </Group>
    </Paper>
  );
}
