// The web site that both servers serve: knows nothing of them but what stands in its pages, and has Isso's own client beside them.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { issoFile } from './isso.mjs';

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript' };

/**
 * Resolves to `{ origin, publish, stop }`. Every address below /page/ exists, with a heading that Isso takes for its title; `publish`
 * puts something else at an address. Isso's client lies below /js/, as in its package.
 */
export async function startPages() {
  const published = new Map();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://pages');
    const send = (type, text) => response.writeHead(200, { 'Content-Type': TYPES[type] }).end(text);
    const html = published.get(pathname) ?? (pathname.startsWith('/page/') && page('<section id="isso-thread"></section>'));
    if (html) return send('html', html);
    // Browsers ask for an icon unbidden; a 404 would show as an error in the console.
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    const script = /^\/js\/[\w.]+\.js$/.test(pathname) && (await readFile(issoFile(pathname), 'utf8').catch(() => undefined));
    return script ? send('js', script) : response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    /** Resolves to the address. */
    publish(path, body) {
      published.set(path, page(body));
      return origin + path;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function page(body) {
  return `<!DOCTYPE html><html lang="en"><title>A page</title><body><h1>A page</h1>${body}</body></html>`;
}
