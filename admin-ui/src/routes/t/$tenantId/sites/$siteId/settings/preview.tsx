import { Card, Group, SegmentedControl, Text, Title, useComputedColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { answer, api } from '~/api/client';
import { isProblem } from '~/api/problem';
import { useLocale } from '~/locales/locale';
import { ProblemAlert } from '~/parts/problem-alert';
import { useSite } from '../page';
import { faults, toSettings, type Values } from './form';
import classes from './settings.module.css';

/** So long after the last key, in milliseconds, the preview follows. */
const PAUSE = 350;

/**
 * The embed as readers have it, with what the form says. The server makes a conversation of it; the frame, which has no
 * origin and may ask nobody, shows that.
 */
export function Preview({ values }: { values: Values }) {
  const { locale, words } = useLocale();
  const site = useSite();
  const frame = useRef<HTMLIFrameElement>(null);
  const scheme = useComputedColorScheme('light');
  const [shade, setShade] = useState<string>(scheme);
  const [isReady, setIsReady] = useState(false);
  const [shown] = useDebouncedValue(values, PAUSE);
  const isFaulty = Object.keys(faults(shown, words)).length > 0;
  const lang = locale.startsWith('de') ? 'de' : 'en';
  const { data: page, error } = useQuery({
    queryKey: ['tenant', site.tenant_id, 'site', site.id, 'preview', lang, shown],
    queryFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/preview', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id }, query: { lang } },
          body: { name: shown.name, settings: toSettings(shown) },
        }),
      ),
    enabled: !isFaulty,
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });

  const tell = useCallback(() => {
    if (!page) return;
    // The frame has no origin to name. What it is told is no secret.
    frame.current?.contentWindow?.postMessage({ page, shade, lang, note: words.preview.note }, '*');
  }, [page, shade, lang, words]);
  useEffect(() => {
    const listener = ({ source, data }: MessageEvent) => {
      if (source === frame.current?.contentWindow && data === 'parlour-preview') setIsReady(true);
    };
    addEventListener('message', listener);
    return () => removeEventListener('message', listener);
  }, []);
  useEffect(() => {
    if (isReady) tell();
  }, [isReady, tell]);

  return (
    <Card withBorder padding="md" component="section" aria-labelledby="preview-title" className={classes.previewCard}>
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h4" id="preview-title">
          {words.preview.title}
        </Title>
        <SegmentedControl
          size="xs"
          value={shade}
          onChange={setShade}
          aria-label={words.preview.shade}
          data={[
            { value: 'light', label: words.preview.light },
            { value: 'dark', label: words.preview.dark },
          ]}
        />
      </Group>
      <Text size="sm" c="dimmed" my="xs">
        {words.preview.lead} <span aria-live="polite">{isFaulty || isProblem(error, 'invalid_input') ? words.preview.waits : ''}</span>
      </Text>
      {error && !isProblem(error, 'invalid_input') ? <ProblemAlert error={error} /> : null}
      <iframe
        ref={frame}
        src="/preview/"
        sandbox="allow-scripts allow-forms"
        title={words.preview.frame}
        className={classes.previewFrame}
      />
    </Card>
  );
}
