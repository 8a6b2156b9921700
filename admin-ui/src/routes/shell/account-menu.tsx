import { ActionIcon, VisuallyHidden } from '@mantine/core';
import { lazy } from 'react';
import type { Account } from '~/api/types';
import { allWords, useWords } from '~/locales/locale';
import { LateMenu } from '~/parts/late-menu';

const AccountDropdown = lazy(async () => ({
  default: (await Promise.all([import('./account-dropdown'), allWords()]))[0].AccountDropdown,
}));

export function AccountMenu({ account }: { account: Account }) {
  const words = useWords();
  const button = (
    <ActionIcon variant="light" radius="xl" size="lg">
      <span aria-hidden="true">{initials(account.name)}</span>
      <VisuallyHidden>{words.account.menu(account.name)}</VisuallyHidden>
    </ActionIcon>
  );
  return <LateMenu button={button}>{(target) => <AccountDropdown target={target} account={account} />}</LateMenu>;
}

function initials(name: string): string {
  const [first = '', ...rest] = name.split(/\s+/).filter((word) => word !== '');
  const last = rest.at(-1) ?? '';
  return [first, last].map((word) => [...word][0]?.toLocaleUpperCase() ?? '').join('') || '?';
}
