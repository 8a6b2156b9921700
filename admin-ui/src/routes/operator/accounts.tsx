import { Anchor, Badge } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useWords } from '~/locales/locale';
import { PageHead } from '~/parts/page-head';
import { Entry, Filters, Paged } from './parts';
import { accountsQuery } from './queries';

const route = getRouteApi('/signed-in/operator/accounts');

export function AccountsPage() {
  const words = useWords();
  const search = route.useSearch();
  const navigate = useNavigate();
  const list = useInfiniteQuery(accountsQuery(search));
  const accounts = list.data?.pages.flatMap((page) => page.accounts) ?? [];
  return (
    <>
      <PageHead title={words.operator.accounts.title} lead={words.operator.accounts.lead} />
      <Filters
        search={search}
        placeholder={words.operator.accounts.searchHint}
        choices={['suspended', 'operators']}
        onChange={(search) => void navigate({ to: '/operator/accounts', search, replace: true })}
      />
      <Paged
        list={list}
        count={accounts.length}
        icon="people"
        none={words.operator.none}
        noneHint={words.operator.noneHint}
      >
        {accounts.map((account) => (
          <Entry
            key={account.id}
            link={
              <Anchor
                fw={600}
                dir="auto"
                renderRoot={(props) => (
                  <Link to="/operator/accounts/$accountId" params={{ accountId: account.id }} {...props} />
                )}
              >
                {account.name}
              </Anchor>
            }
            badges={
              <>
                {account.operator && <Badge variant="light">{words.account.operator}</Badge>}
                {account.suspended_at && (
                  <Badge color="red" variant="light">
                    {words.operator.suspended}
                  </Badge>
                )}
              </>
            }
            facts={[account.email, words.operator.tenantsCount(account.tenants)]}
          />
        ))}
      </Paged>
    </>
  );
}
