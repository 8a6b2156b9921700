/**
 * What a failure means, in words: for the reader, and where the page's owner can mend it, for the owner. A file of its
 * own, loaded when something fails; where even that fails, embed.js knows that the server cannot be reached.
 */

import { door, type Failure, type Site } from './client';
import type { Explanation } from './explain';
import type { Words } from './locales/words';
import { duration } from './time';

interface Spoken {
  words: Words;
  locale: string;
}

/** `first` when it is the whole thread that could not be read. */
export default async function tell(
  failure: Failure,
  { words, locale }: Spoken,
  site: Site | undefined,
  first: boolean,
): Promise<Explanation> {
  const cause = first ? await causeInPage(failure, site) : undefined;
  if (cause) {
    const { code, values } = cause;
    const repair = words[REPAIRS[code]].replace(/\{(\w+)\}/g, (_, name) => values?.[name] ?? '');
    return { code, text: words.notShownHere, repair };
  }
  const { problem, status, retryAfter } = failure;
  if (!status) return { code: 'unreachable', text: navigator.onLine ? words.unreachable : words.offline };
  const code = problem?.code ?? foreign(status);
  if (code === 'rate_limited' && retryAfter) {
    return { code, text: words.rateLimitedFor.replace('{time}', duration(retryAfter, locale)) };
  }
  if (code === 'site_suspended') return { code, text: words.closed };
  const errors: Record<string, string> = words.errors;
  return { code, text: errors[code] ?? errors[status < 500 ? 'misunderstood' : 'internal']! };
}

const REPAIRS = {
  key_missing: 'repairKey',
  origin_missing: 'repairNoOrigin',
  origin_unlisted: 'repairOrigin',
  policy_blocks: 'repairPolicy',
  not_found: 'repairUnknownSite',
} as const;

interface Cause {
  code: keyof typeof REPAIRS;
  values?: Record<string, string>;
}

/**
 * To a script, a server that is down, a server that does not know this page, and a page that forbids the request look
 * the same: a network error. This tells them apart, so that the page's owner learns what to repair.
 */
async function causeInPage({ problem, status }: Failure, site: Site | undefined): Promise<Cause | undefined> {
  if (!site) return { code: 'key_missing' };
  // A file or a sandboxed frame has no origin that a site could list.
  if (window.origin === 'null') return { code: 'origin_missing' };
  if (problem?.code === 'not_found') return { code: 'not_found' };
  if (status) return undefined;
  const host = new URL(site.host).origin;
  // An https page may not ask by http. The server that sent this file may be asked, and tells the owner.
  if (location.protocol === 'https:' && host.startsWith('http:')) {
    const { pathname, search } = new URL(door(site, 'trouble', { kind: 'mixed_content' }));
    const beside = new URL(pathname + search, import.meta.url);
    void fetch(beside, { credentials: 'omit' }).catch(() => {});
  }
  let directive = '';
  const onViolation = (event: SecurityPolicyViolationEvent) => {
    if (event.blockedURI.startsWith(host)) directive = event.effectiveDirective;
  };
  document.addEventListener('securitypolicyviolation', onViolation);
  // What it says stays hidden from a page that it does not know; that it answers does not.
  const options: RequestInit = { mode: 'no-cors', cache: 'no-store', credentials: 'omit' };
  const answers = await fetch(`${site.host}healthz`, options).then(
    () => true,
    () => false,
  );
  // The violation is reported in a task of its own, after the fetch has failed.
  await new Promise((resolve) => setTimeout(resolve, 50));
  document.removeEventListener('securitypolicyviolation', onViolation);
  if (directive) return { code: 'policy_blocks', values: { host, directive } };
  return answers ? { code: 'origin_unlisted', values: { origin: window.origin } } : undefined;
}

/** Milliseconds by which two clocks may differ without a word. */
const NEAR = 300_000;

/**
 * Tells the owner where this device's clock and the server's, which wrote just `now`, are minutes apart. A browser does so
 * once a day.
 */
export function skew(site: Site, now: string): void {
  if (Math.abs(Date.now() - Date.parse(now)) < NEAR) return;
  void fetch(door(site, 'trouble', { kind: 'clock_skew' }), { credentials: 'omit' }).catch(() => {});
}

/** A refusal that is not Parlour's, for instance from a proxy in front of it. */
function foreign(status: number): string {
  if (status === 413) return 'payload_too_large';
  if (status === 429) return 'rate_limited';
  return status > 501 && status < 505 ? 'unavailable' : 'internal';
}
