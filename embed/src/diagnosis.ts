/**
 * To a script, a server that is down and a server that does not know this page look the same: a network error. This
 * tells them apart, so that the page's owner learns what to repair.
 */

import { answers, type Reason, type Site } from './client';

/** Why a first request may have failed without an answer. */
export async function diagnose(site: Site, signal: AbortSignal): Promise<Reason> {
  const server = new URL(site.host).origin;
  let blocked = false;
  const onViolation = (event: SecurityPolicyViolationEvent) => {
    blocked ||= event.effectiveDirective === 'connect-src' && event.blockedURI.startsWith(server);
  };
  document.addEventListener('securitypolicyviolation', onViolation);
  const reachable = await answers(site, signal);
  // The violation is reported in a task of its own, after the fetch has failed.
  await new Promise((resolve) => setTimeout(resolve, 50));
  document.removeEventListener('securitypolicyviolation', onViolation);
  if (blocked) return { kind: 'policy_blocks', host: server };
  return reachable ? { kind: 'origin_unlisted', origin: window.origin } : { kind: 'unreachable' };
}
