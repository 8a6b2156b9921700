import { MantineThemeProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useWords } from '~/locales/locale';

/** Where notes appear. */
export function Notices() {
  const words = useWords();
  return (
    <MantineThemeProvider inherit theme={named(words.app.close)}>
      <Notifications position="top-center" />
    </MantineThemeProvider>
  );
}

/** A name for the buttons that close notifications. */
function named(close: string) {
  return { components: { Notification: { defaultProps: { closeButtonProps: { 'aria-label': close } } } } };
}
