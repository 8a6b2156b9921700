import type { JobStanding } from '~/api/types';
import { given } from '~/search';

export const STANDINGS = ['waiting', 'running', 'failed'] as const satisfies readonly JobStanding[];

/** What an operator looks for. */
export type OperatorSearch = { q?: string; only?: 'suspended' | 'operators' };
export type JobsSearch = { standing?: JobStanding };

export function readOperatorSearch(search: Record<string, unknown>): OperatorSearch {
  const only = (['suspended', 'operators'] as const).find((one) => one === search['only']);
  return { ...given('q', search['q']), ...(only && { only }) };
}

export function readJobsSearch(search: Record<string, unknown>): JobsSearch {
  const standing = STANDINGS.find((one) => one === search['standing']);
  return standing ? { standing } : {};
}
