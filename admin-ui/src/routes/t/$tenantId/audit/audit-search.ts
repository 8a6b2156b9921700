/** Kinds of changes, as the API names them. */
export const CHANGES = [
  'tenant_created',
  'tenant_renamed',
  'member_invited',
  'invitation_withdrawn',
  'member_joined',
  'member_changed',
  'member_removed',
  'member_left',
  'site_created',
  'site_renamed',
  'settings_changed',
  'origin_added',
  'origin_removed',
  'signing_key_rotated',
  'api_key_created',
  'api_key_revoked',
  'tenant_suspended',
  'tenant_resumed',
  'site_suspended',
  'site_resumed',
  'plan_changed',
  'acting_begun',
  'acting_ended',
] as const;

export type Change = (typeof CHANGES)[number];

export type AuditFilter = { change?: Change };

/** What stands in the address, as far as it is known. */
export function readAudit(search: Record<string, unknown>): AuditFilter {
  const change = CHANGES.find((one) => one === search['change']);
  return change ? { change } : {};
}
