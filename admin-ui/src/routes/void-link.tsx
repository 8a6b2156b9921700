import { Alert, Anchor, Stack } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import { isProblem } from '~/api/problem';
import { Icon } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';

type Props = { error: unknown; title: string; hint: string; to: LinkProps['to']; words: string };

/** A link that leads nowhere any more, and the way that does. */
export function VoidLink({ error, title, hint, to, words }: Props) {
  return (
    <Stack>
      {error && !isProblem(error, 'link_void') ? (
        <ProblemAlert error={error} />
      ) : (
        <Alert title={title} icon={<Icon name="info" />}>
          {hint}
        </Alert>
      )}
      <Anchor renderRoot={(props) => <Link to={to} {...props} />}>{words}</Anchor>
    </Stack>
  );
}
