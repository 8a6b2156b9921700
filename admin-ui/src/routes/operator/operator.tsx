import { Button } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { meQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { NotFoundPage } from '~/routes/in-between';

/** All pages of the operators' area. For others they are not there; the server refuses them, too. */
export function OperatorPages() {
  const { operator: words } = useWords();
  // Asked anew, as a second factor that was missing may be there by now.
  const { data: me } = useSuspenseQuery({ ...meQuery, staleTime: 0 });
  if (!me.account.operator) return <NotFoundPage />;
  if (!me.factor_needed) return <Outlet />;
  return (
    <Blank icon="lock" title={words.factorNeeded.title} hint={words.factorNeeded.hint}>
      <Button mt="sm" renderRoot={(props) => <Link to="/account" {...props} />}>
        {words.factorNeeded.go}
      </Button>
    </Blank>
  );
}
