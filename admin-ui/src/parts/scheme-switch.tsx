import { ActionIcon, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { useWords } from '~/locales/locale';
import { Icon, type IconName } from './icon';

const ORDER: MantineColorScheme[] = ['auto', 'light', 'dark'];
const ICONS: Record<MantineColorScheme, IconName> = { auto: 'screen', light: 'sun', dark: 'moon' };

/** Steps through as the system, light, dark. */
export function SchemeSwitch() {
  const words = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const label = `${words.app.scheme.label}: ${words.app.scheme[colorScheme]}`;
  return (
    <ActionIcon
      variant="default"
      size="md"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(ORDER[(ORDER.indexOf(colorScheme) + 1) % ORDER.length] ?? 'auto')}
    >
      <Icon name={ICONS[colorScheme]} size={16} />
    </ActionIcon>
  );
}
