import { Badge, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { invitationsQuery, meQuery, membersQuery } from '~/api/queries';
import type { Member } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { LimitedTo } from '../limited-to';
import { useIsOwn, useMayManage, useTenant } from '../tenant';
import { ChangeMember } from './change-member';
import { Invitations } from './invitations';
import { Invite } from './invite';
import { RemoveMember } from './remove-member';
import { mayChange } from './roles';
import { PeopleTabs } from './tabs';

/** Who looks after the tenant's sites, and who is asked to. */
export function PeoplePage() {
  const words = useWords();
  const tenant = useTenant();
  const isOwn = useIsOwn();
  const mayManage = useMayManage() && isOwn;
  const list = useQuery(membersQuery(tenant.id));
  const [inviting, setInviting] = useState(false);
  const [changing, setChanging] = useState<Member>();
  const [leaving, setLeaving] = useState<Member>();

  return (
    <>
      <PageHead title={words.people.title} lead={words.people.lead}>
        {mayManage && (
          <Button leftSection={<Icon name="plus" />} onClick={() => setInviting(true)}>
            {words.people.invite}
          </Button>
        )}
      </PageHead>
      <PeopleTabs />
      <ProblemAlert error={list.error} />
      {list.isPending && (
        <Stack gap="sm" role="status" aria-label={words.app.loading}>
          <Skeleton height={72} radius="md" />
          <Skeleton height={72} radius="md" />
        </Stack>
      )}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-label={words.people.members}>
        {list.data?.members.map((member) => (
          <MemberCard key={member.account_id} member={member} onChange={setChanging} onRemove={setLeaving} />
        ))}
      </Stack>
      {mayManage && <WaitingInvitations />}
      <Invite opened={inviting} onClose={() => setInviting(false)} />
      {/* Made anew for each, so that the form begins with what he is. */}
      <ChangeMember key={changing?.account_id} member={changing} onClose={() => setChanging(undefined)} />
      <RemoveMember member={leaving} onClose={() => setLeaving(undefined)} />
    </>
  );
}

function WaitingInvitations() {
  const tenant = useTenant();
  const { data } = useQuery(invitationsQuery(tenant.id));
  return data && data.invitations.length > 0 ? <Invitations invitations={data.invitations} /> : null;
}

type CardProps = { member: Member; onChange: (member: Member) => void; onRemove: (member: Member) => void };

function MemberCard({ member, onChange, onRemove }: CardProps) {
  const words = useWords();
  const tenant = useTenant();
  const { data: me } = useSuspenseQuery(meQuery);
  const isMe = me.account.id === member.account_id;
  const isOwn = useIsOwn();
  const may = isOwn && mayChange(tenant.role, member.role);
  return (
    <Card component="li" withBorder padding="md">
      <Group justify="space-between" gap="sm">
        <div>
          <Group gap="xs">
            <Text fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {member.name}
            </Text>
            {isMe && <Badge variant="default">{words.people.you}</Badge>}
            <Badge variant="light">{words.roles[member.role]}</Badge>
            {member.mail_failing && (
              <Badge variant="light" color="red" c="var(--mantine-color-text)">
                {words.watching.failing.badge}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {member.email} · {words.people.joined} <TimeAgo at={member.joined_at} />
          </Text>
          {member.site_ids && <LimitedTo siteIds={member.site_ids} />}
        </div>
        <Group gap="xs">
          {may && (
            <Button
              variant="default"
              size="sm"
              aria-label={words.people.changeOf(member.name)}
              onClick={() => onChange(member)}
            >
              {words.people.change}
            </Button>
          )}
          {(may || isMe) && (
            <Button
              variant="subtle"
              color="red"
              size="sm"
              aria-label={isMe ? words.people.leave : words.people.removeOf(member.name)}
              onClick={() => onRemove(member)}
            >
              {isMe ? words.people.leave : words.people.remove}
            </Button>
          )}
        </Group>
      </Group>
    </Card>
  );
}
