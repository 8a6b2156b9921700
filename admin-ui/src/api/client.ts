import createClient from 'openapi-fetch';
import type { paths } from './schema';
import { accessToken, tokenAfter } from './session';

export { answer, door } from './door';

/** The admin door for whoever is signed in. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: authorised });

async function authorised(request: Request): Promise<Response> {
  // A body can be sent only once, so the second try needs its own.
  const again = request.clone();
  const token = await accessToken();
  const response = await send(request, token);
  // Expired on the way, or the server's keys changed: once more with a new one.
  return response.status === 401 ? send(again, await tokenAfter(token)) : response;
}

function send(request: Request, token: string): Promise<Response> {
  request.headers.set('Authorization', `Bearer ${token}`);
  return fetch(request);
}
