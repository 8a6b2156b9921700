import type { Moderation } from '~/api/types';
import { useWords } from '~/locales/locale';
import { ChoiceCards } from './choice-cards';

type Props = {
  value: Moderation;
  onChange: (mode: Moderation) => void;
  label: string;
  description?: string;
  disabled?: boolean;
  /** Those that may be chosen; all, if nothing is said. */ offered?: readonly string[] | undefined;
};

/** How careful a site is, the calmest choice first. */
export function ModerationCards(props: Props) {
  const { all, links, none } = useWords().moderation;
  return <ChoiceCards {...props} choices={{ all, links, none }} />;
}
