import { Badge, Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import { invitationsQuery, setupQuery } from '~/api/queries';
import type { Invitation } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { LimitedTo } from '../limited-to';
import { useTenant } from '../tenant';
import { InvitationLink, useInvitation } from './invite';
import { asBody } from './role-fields';

/** Who was asked and has not come yet. */
export function Invitations({ invitations }: { invitations: Invitation[] }) {
  const words = useWords();
  // Here, because the invitation is another one with its new link.
  const anew = useInvitation();
  const { data: setup } = useQuery(setupQuery);
  const again = setup?.mail ? words.people.sendAgain : words.people.newLink;
  return (
    <section aria-labelledby="invitations">
      <Title order={2} size="h4" id="invitations" mt="xl" mb="sm">
        {words.people.invitations}
      </Title>
      <ProblemAlert error={anew.error} />
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {invitations.map((invitation) => (
          <InvitationCard
            key={invitation.id}
            invitation={invitation}
            renewing={anew.isPending && anew.variables.email === invitation.email}
            onRenew={({ email, role, site_ids: siteIds = [] }) =>
              anew.mutate({ email, ...asBody({ role, siteIds }) })
            }
          />
        ))}
      </Stack>
      <Modal
        opened={anew.data !== undefined}
        onClose={anew.reset}
        title={again}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        {anew.data && <InvitationLink made={anew.data} onClose={anew.reset} />}
      </Modal>
    </section>
  );
}

type CardProps = { invitation: Invitation; renewing: boolean; onRenew: (invitation: Invitation) => void };

function InvitationCard({ invitation, renewing, onRenew }: CardProps) {
  const { words, locale } = useLocale();
  const tenant = useTenant();
  const client = useQueryClient();
  const { data: setup } = useQuery(setupQuery);
  const withdrawal = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/v1/admin/tenants/{tenant_id}/invitations/{invitation_id}', {
          params: { path: { tenant_id: tenant.id, invitation_id: invitation.id } },
        }),
      ),
    onSuccess: () => {
      notifyDone(words.people.withdrawn(invitation.email));
      return client.invalidateQueries(invitationsQuery(tenant.id));
    },
  });
  const expires = new Date(invitation.expires_at);
  const isOver = expires.getTime() <= Date.now();
  const until = new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(expires);

  return (
    <Card component="li" withBorder padding="md">
      <ProblemAlert error={withdrawal.error} />
      <Group justify="space-between" gap="sm">
        <div>
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {invitation.email}
            </Text>
            <Badge variant="light">{words.roles[invitation.role]}</Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {isOver ? words.people.expired(until) : words.people.goodUntil(until)}
          </Text>
          {invitation.site_ids && <LimitedTo siteIds={invitation.site_ids} />}
        </div>
        <Group gap="xs">
          <Button
            variant="default"
            size="sm"
            loading={renewing}
            aria-label={
              setup?.mail ? words.people.sendAgainTo(invitation.email) : words.people.newLinkFor(invitation.email)
            }
            onClick={() => onRenew(invitation)}
          >
            {setup?.mail ? words.people.sendAgain : words.people.newLink}
          </Button>
          <Button
            variant="subtle"
            color="red"
            size="sm"
            loading={withdrawal.isPending}
            aria-label={words.people.withdrawOf(invitation.email)}
            onClick={() => withdrawal.mutate()}
          >
            {words.people.withdraw}
          </Button>
        </Group>
      </Group>
    </Card>
  );
}
