import { CHANGES } from '~/api/known';
import type { AuditChange } from '~/api/types';

export type AuditFilter = { change?: AuditChange };

/** What stands in the address, as far as it is known. */
export function readAudit(search: Record<string, unknown>): AuditFilter {
  const change = CHANGES.find((one) => one === search['change']);
  return change ? { change } : {};
}
