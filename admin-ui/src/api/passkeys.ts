/** Passkeys in the browser. The library is loaded when somebody wants one. */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import type { PasskeyAnswer, PasskeyChallenge } from './types';

/** The device, the browser or whoever sits before them did not go on. */
export class PasskeyFailure extends Error {
  override readonly name = 'PasskeyFailure';

  constructor(readonly reason: 'cancelled' | 'known' | 'failed') {
    super(reason);
  }
}

/** Why this page cannot use passkeys that the server has at `origin`, if it cannot. */
export function passkeyObstacle(origin: string): 'elsewhere' | 'browser' | undefined {
  if (location.origin !== origin) return 'elsewhere';
  return typeof PublicKeyCredential === 'function' ? undefined : 'browser';
}

/** Has a device show a passkey. */
export async function showPasskey({ token, options }: PasskeyChallenge): Promise<PasskeyAnswer> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const optionsJSON = options as PublicKeyCredentialRequestOptionsJSON;
  return { token, credential: await told(startAuthentication({ optionsJSON })) };
}

/** Has a device make a passkey. */
export async function makePasskey({ token, options }: PasskeyChallenge): Promise<PasskeyAnswer> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  const optionsJSON = options as PublicKeyCredentialCreationOptionsJSON;
  return { token, credential: await told(startRegistration({ optionsJSON })) };
}

async function told<T>(ceremony: Promise<T>): Promise<T> {
  try {
    return await ceremony;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    // Browsers do not say whether somebody waited too long, said no, or had no passkey.
    if (name === 'NotAllowedError' || name === 'AbortError') throw new PasskeyFailure('cancelled');
    throw new PasskeyFailure(name === 'InvalidStateError' ? 'known' : 'failed');
  }
}
