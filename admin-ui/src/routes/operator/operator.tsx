import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { meQuery } from '~/api/queries';
import { NotFoundPage } from '~/routes/in-between';

/** All pages of the operators' area. For others they are not there; the server refuses them, too. */
export function OperatorPages() {
  const { data: me } = useSuspenseQuery(meQuery);
  return me.account.operator ? <Outlet /> : <NotFoundPage />;
}
