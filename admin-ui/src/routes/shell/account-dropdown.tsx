import { Menu, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { endSession } from '~/api/session';
import type { Account } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { notifyProblem } from '~/parts/notify';

export function AccountDropdown({ target, account }: { target: ReactElement; account: Account }) {
  const words = useWords();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: async () => {
      // Whoever sits here next is told nothing of these sites. Its push service lets the server know.
      const { stopListening } = await import('~/api/push');
      await stopListening().catch(() => undefined);
      await endSession();
    },
    onSuccess: () => navigate({ to: '/sign-in', search: {} }),
    onError: (error) => notifyProblem(error, words),
  });

  return (
    <Menu defaultOpened position="bottom-end" width={240}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {account.name}
          </Text>
          <Text size="xs">{account.email}</Text>
          {account.operator && <Text size="xs">{words.account.operator}</Text>}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item
          leftSection={<Icon name="lock" size={16} />}
          renderRoot={(props) => <Link to="/account" {...props} />}
        >
          {words.ownAccount.title}
        </Menu.Item>
        {account.operator && (
          <Menu.Item
            leftSection={<Icon name="screen" size={16} />}
            renderRoot={(props) => <Link to="/operator/tenants" search={{}} {...props} />}
          >
            {words.operator.title}
          </Menu.Item>
        )}
        <Menu.Item component="a" href="/docs" leftSection={<Icon name="outside" size={16} />}>
          {words.app.apiReference}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="leave" size={16} />} onClick={() => signOut.mutate()}>
          {words.account.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
