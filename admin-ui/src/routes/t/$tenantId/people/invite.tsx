import { Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { answer, api } from '~/api/client';
import { invitationsQuery, setupQuery } from '~/api/queries';
import type { InvitationMade } from '~/api/types';
import { localeNames, useLocale, useWords } from '~/locales/locale';
import { CopyButton } from '~/parts/copy-button';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { ProblemAlert } from '~/parts/problem-alert';
import { useTenant } from '../tenant';
import { asBody, RoleFields, type Standing } from './role-fields';

/** Asks for whom and as what, then shows the link. */
export function Invite({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.people.inviteTitle}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <InviteForm onClose={onClose} />
    </Modal>
  );
}

const FIRST: Standing = { role: 'moderator', siteIds: [] };

function InviteForm({ onClose }: { onClose: () => void }) {
  const { words, locale } = useLocale();
  const { data: setup } = useQuery(setupQuery);
  const [email, setEmail] = useState('');
  const [standing, setStanding] = useState(FIRST);
  const invitation = useInvitation();
  const errors = fieldErrors(invitation.error, words);

  if (invitation.data) return <InvitationLink made={invitation.data} onClose={onClose} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        invitation.mutate({ email, ...asBody(standing) });
      }}
    >
      <Stack>
        <ProblemAlert error={invitation.error} />
        <TextInput
          label={words.account.email}
          description={words.people.emailHint}
          type="email"
          autoComplete="off"
          required
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={errors['email']}
        />
        <RoleFields value={standing} onChange={setStanding} error={errors['site_ids']} />
        {setup?.mail && (
          <Text size="sm" c="dimmed">
            {words.people.mailHint(localeNames[locale])}
          </Text>
        )}
        <FormButtons
          submit={setup?.mail ? words.people.sendMail : words.people.makeLink}
          isPending={invitation.isPending}
          onCancel={onClose}
        />
      </Stack>
    </form>
  );
}

/** Invites, or makes the link of somebody who is invited already anew. */
export function useInvitation() {
  const tenant = useTenant();
  const client = useQueryClient();
  const { locale } = useLocale();
  return useMutation({
    mutationFn: (body: { email: string } & ReturnType<typeof asBody>) =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/invitations', {
          params: { path: { tenant_id: tenant.id } },
          body: { ...body, locale },
        }),
      ),
    onSuccess: () => client.invalidateQueries(invitationsQuery(tenant.id)),
  });
}

/** That it is on its way, or the link, which the server does not know a second time. */
export function InvitationLink({ made, onClose }: { made: InvitationMade; onClose: () => void }) {
  const { words, locale } = useLocale();
  const link = useRef<HTMLElement>(null);
  const until = new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(new Date(made.invitation.expires_at));
  if (!made.link) {
    return (
      <Stack>
        <Text role="status">{words.people.mailed(made.invitation.email)}</Text>
        <Text size="sm" c="dimmed">
          {words.people.mailedHint(until)}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>{words.app.close}</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack>
      <Text>{words.people.linkFor(made.invitation.email)}</Text>
      <Code ref={link} block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {made.link}
      </Code>
      <Text size="sm" c="dimmed">
        {words.people.linkHint(until)}
      </Text>
      <Group justify="flex-end">
        <CopyButton label={words.people.copyLink} source={link} />
        <Button onClick={onClose}>{words.app.close}</Button>
      </Group>
    </Stack>
  );
}
