import type { AuditEntry, Quota, Role } from '~/api/types';
import type { Words } from '~/locales/words';

/** What an entry says beside its kind, a line each. Of data it does not know, it says nothing. */
export function factsOf({ data }: Pick<AuditEntry, 'data'>, words: Words): string[] {
  if (typeof data !== 'object' || data === null) return [];
  const facts = data as Record<string, unknown>;
  const text = (name: string) => (typeof facts[name] === 'string' ? (facts[name] as string) : undefined);
  const shown = (name: string) => {
    const value = text(name);
    return value !== undefined && value in words.roles ? words.roles[value as Role] : value;
  };
  const [from, to] = [shown('from'), shown('to')];
  const lines = [
    text('email'),
    text('origin'),
    text('name'),
    text('reason'),
    from && to ? words.audit.fromTo(from, to) : (to ?? from),
  ];
  return [
    ...lines.filter((line): line is string => Boolean(line)),
    ...settingsOf(facts['settings'], words),
    ...quotasOf(facts['quotas'], words),
  ];
}

/** Whether somebody did it who stands above the tenant. */
export function isByOperator({ data }: Pick<AuditEntry, 'data'>): boolean {
  return typeof data === 'object' && data !== null && 'operator' in data && data.operator === true;
}

function settingsOf(settings: unknown, words: Words): string[] {
  if (typeof settings !== 'object' || settings === null) return [];
  return Object.entries(settings as Record<string, { from?: unknown; to?: unknown }>).map(([name, { from, to }]) =>
    to === undefined ? `${name}: ${words.audit.secret}` : `${name}: ${words.audit.fromTo(plain(from), plain(to))}`,
  );
}

function quotasOf(quotas: unknown, words: Words): string[] {
  if (typeof quotas !== 'object' || quotas === null) return [];
  const said = (limit: unknown) => (typeof limit === 'number' ? limit.toLocaleString() : words.operator.plans.unlimited);
  return Object.entries(quotas as Record<string, { from?: unknown; to?: unknown }>).map(
    ([name, { from, to }]) =>
      `${words.platform.quotas[name as Quota] ?? name}: ${words.audit.fromTo(said(from), said(to))}`,
  );
}

function plain(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
