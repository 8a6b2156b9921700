// This browser as one that is told of comments with the admin UI closed (Push API).

const WORKER = '/admin/push.js';
const SCOPE = '/admin/';

export type PushObstacle = 'unsupported' | 'insecure' | 'denied' | 'failed';

export class PushFailure extends Error {
  constructor(readonly obstacle: PushObstacle) {
    super(`This browser cannot be told: ${obstacle}`);
  }
}

/** Why this browser cannot be told of anything, if it cannot. */
export function pushObstacle(): PushObstacle | undefined {
  if (!isSecureContext) return 'insecure';
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : undefined;
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

/** SHA-256 of this browser's endpoint in base64url, by which the server's list names it; null while it is told nothing. */
export async function ownHash(): Promise<string | null> {
  const endpoint = (await subscription())?.endpoint;
  if (!endpoint) return null;
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  const text = btoa(String.fromCharCode(...new Uint8Array(hash)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Has this browser listen to the server's key; asks its owner first. Resolves to what the server needs to know. */
export async function listen(publicKey: string): Promise<{ endpoint: string; keys: { p256dh: string; auth: string } }> {
  if ((await Notification.requestPermission()) !== 'granted') throw new PushFailure('denied');
  await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  const { pushManager } = await navigator.serviceWorker.ready;
  try {
    const made = await subscribe(pushManager, publicKey);
    const { endpoint, keys } = made.toJSON();
    if (!endpoint || !keys?.['p256dh'] || !keys['auth']) throw new PushFailure('failed');
    return { endpoint, keys: { p256dh: keys['p256dh'], auth: keys['auth'] } };
  } catch (error) {
    throw error instanceof PushFailure ? error : new PushFailure('failed');
  }
}

async function subscribe(manager: PushManager, applicationServerKey: string): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey };
  try {
    return await manager.subscribe(options);
  } catch (error) {
    // It listens to a key that the server had before.
    if (!(error instanceof Error && error.name === 'InvalidStateError')) throw error;
    await (await manager.getSubscription())?.unsubscribe();
    return manager.subscribe(options);
  }
}

export async function stopListening(): Promise<void> {
  await (await subscription())?.unsubscribe();
}
