// Somebody's own web server: hands out the pages of `pages/`, knows nothing of Parlour.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';

/** What stands in the pages where their author pastes the snippet. */
const SPOT = '<!-- comments go here -->';

/**
 * Resolves to `{ origin, otherOrigin, paste, stop }`. The two origins are two names of the same server, so that a page can
 * be opened from one that the site lists and from one that it does not.
 */
export async function startBlog() {
  let snippet = SPOT;
  const server = createServer(async (request, response) => {
    const name = /^\/([\w-]+\.html)$/.exec(new URL(request.url, 'http://blog').pathname)?.[1];
    // Browsers ask for an icon unbidden; a 404 would show as an error in the console.
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    const page = name && (await readFile(new URL(`../pages/${name}`, import.meta.url), 'utf8').catch(() => undefined));
    if (!page) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page.replace(SPOT, () => snippet));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    origin: `http://localhost:${port}`,
    otherOrigin: `http://127.0.0.1:${port}`,
    paste: (text) => (snippet = text),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
