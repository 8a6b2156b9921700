import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answer, api } from '~/api/client';
import { meQuery, membersQuery } from '~/api/queries';
import type { Member } from '~/api/types';
import { useWords } from '~/locales/locale';
import { notifyDone } from '~/parts/notify';
import { Confirm } from '~/parts/confirm';
import { useTenant } from '../tenant';

/** Removes somebody, or leaves. */
export function RemoveMember({ member, onClose }: { member: Member | undefined; onClose: () => void }) {
  const words = useWords();
  const tenant = useTenant();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useSuspenseQuery(meQuery);
  const leaves = member?.account_id === me.account.id;
  const removal = useMutation({
    mutationFn: (whom: Member) =>
      answer(
        api.DELETE('/v1/admin/tenants/{tenant_id}/members/{account_id}', {
          params: { path: { tenant_id: tenant.id, account_id: whom.account_id } },
        }),
      ),
    onSuccess: async (_, whom) => {
      notifyDone(leaves ? words.people.left(tenant.name) : words.people.removed(whom.name));
      onClose();
      if (!leaves) return client.invalidateQueries(membersQuery(tenant.id));
      await client.invalidateQueries(meQuery);
      await navigate({ to: '/', replace: true });
    },
  });

  return (
    <Confirm
      about={member}
      title={({ name }) => (leaves ? words.people.leaveTitle(tenant.name) : words.people.removeTitle(name))}
      text={() => (leaves ? words.people.leaveText : words.people.removeText)}
      submit={leaves ? words.people.leave : words.people.remove}
      removal={removal}
      onClose={onClose}
    />
  );
}
