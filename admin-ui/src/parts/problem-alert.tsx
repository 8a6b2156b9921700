import { Alert, Text } from '@mantine/core';
import { Cancelled, Problem } from '~/api/problem';
import { useWords } from '~/locales/locale';
import type { Words } from '~/locales/words';
import { Icon } from './icon';

/** What went wrong, in words, for anything that was thrown. */
export function problemWords(error: unknown, words: Words): { title: string; hint: string } {
  const problem = error instanceof Problem ? error : new Problem('internal');
  const { title, hint } = words.problems[problem.code];
  return { title, hint: problem.retryAfter ? words.app.retryIn(problem.retryAfter) : hint };
}

export function ProblemAlert({ error }: { error: unknown }) {
  const words = useWords();
  if (!error || error instanceof Cancelled) return null;
  const { title, hint } = problemWords(error, words);
  const requestId = error instanceof Problem ? error.requestId : undefined;
  return (
    <Alert role="alert" color="red" title={title} icon={<Icon name="alert" />}>
      {hint}
      {requestId && (
        <Text size="xs" c="dimmed" mt={4}>
          {words.app.requestId(requestId)}
        </Text>
      )}
    </Alert>
  );
}
