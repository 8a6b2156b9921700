/**
 * Who is signed in. The access token lives in memory only; a page load and every expiry exchange the refresh cookie for
 * a new pair. A refresh cookie is good for one use, and using it twice ends the session, so all tabs take turns by a
 * lock.
 */
import { forget, keep, recall } from '~/parts/memory';
import { answer, door } from './door';
import { isProblem } from './problem';
import type { Session } from './types';

type Held = { token: string; freshUntil: number; accountId: string };
type Announcement = { kind: 'began'; accountId: string } | { kind: 'ended' };

/** Renew this long before the token expires, for a request that is long on its way. */
const MARGIN_MS = 15_000;
/** How long a renewal of a page that is gone may still be on its way. */
const SETTLING_MS = 2_000;
const UNDERWAY = 'renewal-underway';

const tabs = new BroadcastChannel('parlour-session');
const endListeners = new Set<() => void>();
let held: Held | undefined;
let renewal: Promise<string> | undefined;

/** A token that is good now. Throws the Problem `session_ended` if nobody is signed in. */
export async function accessToken(): Promise<string> {
  if (held && Date.now() < held.freshUntil) return held.token;
  return renewedToken();
}

/** A token newer than `refused`, which the server did not take. */
export async function tokenAfter(refused: string): Promise<string> {
  if (held && held.token !== refused) return held.token;
  return renewedToken();
}

/** Signs in by `call`, which answers a session and sets its cookie; or answers what is still to be done, which is handed back. */
export async function beginSession<Step extends object = never>(
  call: () => Promise<Session | Step>,
): Promise<Step | undefined> {
  const answered = await inTurn(call);
  if (!('access_token' in answered)) return answered;
  hold(answered);
  announce({ kind: 'began', accountId: answered.account.id });
  return undefined;
}

/** Signs out, here and in all tabs. */
export async function endSession(): Promise<void> {
  await inTurn(async () => {
    const token = held?.token;
    await answer(
      door.DELETE('/v1/admin/session', { headers: token ? { Authorization: `Bearer ${token}` } : {} }),
    ).catch((error: unknown) => {
      // Already over is as good as ended; only a server that does not answer leaves the session open.
      if (!isProblem(error, 'session_ended') && !isProblem(error, 'unauthenticated')) throw error;
    });
  });
  announce({ kind: 'ended' });
  drop();
}

/** Calls back when the session is over, for whatever reason, while the page is open. */
export function onSessionEnd(listener: () => void): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

function renewedToken(): Promise<string> {
  renewal ??= inTurn(renew).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function renew(): Promise<string> {
  await settle();
  keep(UNDERWAY, String(Date.now()));
  try {
    // keepalive: if the page is reloaded meanwhile, the browser still takes the new cookie.
    const session = await answer(door.POST('/v1/admin/session/renew', { keepalive: true }));
    return hold(session).token;
  } catch (error) {
    if (isProblem(error, 'session_ended') || isProblem(error, 'unauthenticated')) drop();
    throw error;
  } finally {
    forget(UNDERWAY);
  }
}

/** Waits for the cookie of a renewal whose page was reloaded before the answer came; its lock is gone with it. */
async function settle(): Promise<void> {
  const left = Number(recall(UNDERWAY)) + SETTLING_MS - Date.now();
  if (left > 0 && left <= SETTLING_MS) await new Promise((resolve) => setTimeout(resolve, left));
}

/** One at a time over all tabs. Without Web Locks (plain http on a network name) at least within this tab. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return work();
  return (await navigator.locks.request('parlour-session', work)) as T;
}

function hold(session: Session): Held {
  held = {
    token: session.access_token,
    freshUntil: Date.now() + session.expires_in * 1000 - MARGIN_MS,
    accountId: session.account.id,
  };
  return held;
}

function drop(): void {
  const wasSignedIn = held !== undefined;
  held = undefined;
  if (wasSignedIn) for (const listener of endListeners) listener();
}

function announce(announcement: Announcement): void {
  tabs.postMessage(announcement);
}

tabs.onmessage = ({ data }: MessageEvent<Announcement>) => {
  if (data.kind === 'ended') drop();
  // Somebody else signed in next door: what this tab shows is no longer this browser's to see.
  else if (held && held.accountId !== data.accountId) location.reload();
};
