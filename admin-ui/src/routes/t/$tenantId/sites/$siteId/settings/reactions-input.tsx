import { Group, Text, UnstyledButton } from '@mantine/core';
import { type ReactNode, use } from 'react';
import { useWords } from '~/locales/locale';
import { graphemes, isEmoji } from '~/parts/emoji';
import { ListInput } from '~/parts/list-input';
import { PlatformContext, useSaid } from './fields';
import { rangeOf } from './platform';
import classes from './settings.module.css';

const SUGGESTIONS = ['👍', '❤️', '😄', '🎉', '🤔', '😢', '👏', '🚀', '👀', '🙏'];

type Props = { value: string[]; onChange: (reactions: string[]) => void; error?: ReactNode; disabled: boolean };

/** The reactions that readers have for a page, with a look at them. */
export function ReactionsInput({ value, onChange, error, disabled: isReadOnly }: Props) {
  const { settings: words } = useWords();
  const said = useSaid('reactions');
  const disabled = isReadOnly || said.isFixed;
  const { max: most } = rangeOf(use(PlatformContext), 'reactions');
  const isFull = value.length >= most;
  const toggle = (emoji: string) =>
    onChange(value.includes(emoji) ? value.filter((other) => other !== emoji) : [...value, emoji]);
  return (
    <div>
      <ListInput
        label={words.reactions}
        description={`${words.reactionsHint(most)} ${said.note}`}
        value={value}
        onChange={onChange}
        read={(piece) => (isEmoji(piece) ? { entry: piece } : undefined)}
        invalid={words.reactionInvalid}
        split={pieces}
        most={most}
        placeholder="👍"
        {...(classes.emoji ? { pillClass: classes.emoji } : {})}
        disabled={disabled}
        error={error}
        path="reactions"
      />
      {!disabled && (
        <Group gap={4} role="group" aria-label={words.reactionSuggestions} mt={2}>
          <Text size="sm" c="dimmed" aria-hidden="true" mr={4}>
            {words.reactionSuggestions}
          </Text>
          {SUGGESTIONS.map((emoji) => (
            <UnstyledButton
              key={emoji}
              className={classes.suggestion}
              aria-pressed={value.includes(emoji)}
              disabled={isFull && !value.includes(emoji)}
              onClick={() => toggle(emoji)}
            >
              {emoji}
            </UnstyledButton>
          ))}
        </Group>
      )}
      {value.length > 0 && (
        <div className={classes.preview}>
          <Text size="xs" c="dimmed" mb={6}>
            {words.reactionPreview}
          </Text>
          <Group gap={6} aria-hidden="true">
            {value.map((emoji, place) => (
              <span key={emoji} className={classes.reaction}>
                {emoji} <span>{SAMPLE_COUNTS[place]}</span>
              </span>
            ))}
          </Group>
        </div>
      )}
    </div>
  );
}

const SAMPLE_COUNTS = [12, 5, 3, 2, 1, 0];

/** Emoji need no spaces between them; a word is refused as a whole. */
function pieces(text: string): string[] {
  const characters = graphemes(text);
  return characters.some(isEmoji) || characters.length === 0 ? characters : [text.trim()];
}
