import { Alert } from '@mantine/core';
import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useWords } from '~/locales/locale';
import { Icon } from './icon';

/** Says that the browser has no network, for as long as it has none. What could not be loaded comes by itself afterwards. */
export function OfflineBar() {
  const words = useWords();
  const online = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
  // The region is always there: what is put into one that is new is not always read out.
  return (
    <div role="status">
      {!online && (
        <Alert color="yellow" mb="md" title={words.app.offline.title} icon={<Icon name="alert" />}>
          {words.app.offline.hint}
        </Alert>
      )}
    </div>
  );
}
