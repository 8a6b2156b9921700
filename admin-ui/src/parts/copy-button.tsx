import { Button } from '@mantine/core';
import { type RefObject, useEffect, useState } from 'react';
import { useWords } from '~/locales/locale';
import { Icon } from './icon';

type Outcome = 'idle' | 'copied' | 'marked';

/**
 * Copies the text that `source` shows. The clipboard is closed to pages over plain http; then the older command is
 * tried, and at worst the text is left selected for the reader's own keys.
 */
export function CopyButton({ label, source }: { label: string; source: RefObject<HTMLElement | null> }) {
  const words = useWords();
  const [outcome, setOutcome] = useState<Outcome>('idle');
  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), 3_000);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => {
    if (source.current) setOutcome(await copyText(source.current));
  };
  return (
    <Button
      variant={outcome === 'copied' ? 'filled' : 'light'}
      leftSection={<Icon name={outcome === 'copied' ? 'check' : 'copy'} />}
      onClick={() => void copy()}
    >
      <span aria-live="polite">
        {outcome === 'idle' ? label : outcome === 'copied' ? words.app.copied : words.app.copyByHand}
      </span>
    </Button>
  );
}

async function copyText(element: HTMLElement): Promise<Outcome> {
  try {
    await navigator.clipboard.writeText(element.textContent ?? '');
    return 'copied';
  } catch {
    getSelection()?.selectAllChildren(element);
    return document.execCommand('copy') ? 'copied' : 'marked';
  }
}
