import createClient from 'openapi-fetch';
import { Problem } from './problem';
import type { paths } from './schema';

/** The admin door for calls that need no access token: set-up, sign-up, and the session itself. */
export const door = createClient<paths>({ baseUrl: location.origin });

/** The body of a good answer; everything else is thrown as a Problem. */
export async function answer<Body>(call: Promise<{ data?: Body; error?: unknown; response: Response }>): Promise<Body> {
  let outcome;
  try {
    outcome = await call;
  } catch (error) {
    // fetch rejects with a TypeError when there is no answer; a Problem comes from renewing the session.
    throw error instanceof TypeError ? new Problem('unreachable') : error;
  }
  if (!outcome.response.ok) throw Problem.from(outcome.response, outcome.error);
  return outcome.data as Body;
}
