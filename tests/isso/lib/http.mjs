// Requests exactly as they are meant: no header that was not asked for, no redirect followed, no connection kept.
import { request as begin } from 'node:http';

/** Resolves to `{ status, headers, text }`; `headers` as Node gives them, `set-cookie` a list. */
export function send(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    // Not the URL's own idea of the path, which tidies up what the server is to see.
    const path = url.slice(url.indexOf('/', 'http://'.length));
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const request = begin({ hostname, port, path, method, headers: { ...length, ...headers }, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.once('error', reject).once('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    request.once('error', reject).end(body);
  });
}
