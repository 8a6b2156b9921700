import { Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { meQuery, membersQuery } from '~/api/queries';
import type { Member } from '~/api/types';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useTenant } from '../tenant';
import { asBody, RoleFields, type Standing } from './role-fields';

export function ChangeMember({ member, onClose }: { member: Member | undefined; onClose: () => void }) {
  const words = useWords();
  const tenant = useTenant();
  const client = useQueryClient();
  const [standing, setStanding] = useState<Standing>({
    role: member?.role ?? 'moderator',
    siteIds: member?.site_ids ?? [],
  });
  const change = useMutation({
    mutationFn: (whom: Member) =>
      answer(
        api.PUT('/v1/admin/tenants/{tenant_id}/members/{account_id}', {
          params: { path: { tenant_id: tenant.id, account_id: whom.account_id } },
          body: asBody(standing),
        }),
      ),
    onSuccess: async () => {
      // One's own role may be another now.
      await Promise.all([client.invalidateQueries(membersQuery(tenant.id)), client.invalidateQueries(meQuery)]);
      notifyDone(words.app.saved);
      onClose();
    },
  });

  return (
    <Modal
      opened={member !== undefined}
      onClose={onClose}
      title={member && words.people.changeOf(member.name)}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (member) change.mutate(member);
        }}
      >
        <Stack>
          <ProblemAlert error={change.error} />
          <RoleFields value={standing} onChange={setStanding} error={fieldErrors(change.error, words)['site_ids']} />
          <FormButtons submit={words.settings.submit} isPending={change.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
