// Somebody's own web server: hands out the pages of `pages/`, knows nothing of Parlour.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What stands in the pages where their author pastes the snippet. */
const SPOT = '<!-- comments go here -->';

const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript' };

/**
 * Resolves to `{ origin, otherOrigin, paste, publish, stop }`. The two origins are two names of the same server, so that
 * a page can be opened from one that the site lists and from one that it does not.
 */
export async function startBlog() {
  let snippet = SPOT;
  const published = new Map();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://blog');
    const send = (type, text, headers) =>
      response.writeHead(200, { 'Content-Type': TYPES[type], ...headers }).end(text);
    // Browsers ask for an icon unbidden; a 404 would show as an error in the console.
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    if (pathname === '/vendor/react.js') return send('js', await reactForBrowsers());
    if (pathname === '/vendor/vue.js') return send('js', await packageFile('vue', 'dist/vue.global.prod.js'));
    const [, number = '', name, type] = /^\/(?:(\d+)\/)?([\w-]+)\.(html|css|js)$/.exec(pathname) ?? [];
    const file = new URL(`../pages/${name}.${type}`, import.meta.url);
    const page = name && (await readFile(file, 'utf8').catch(() => undefined));
    const post = number ? published.get(Number(number)) : { snippet };
    if (!page || !post) return response.writeHead(404).end();
    const { lang, headers } = post;
    const spoken = lang ? page.replace('<html lang="en"', `<html lang="${lang}"`) : page;
    send(
      type,
      spoken.replace(SPOT, () => post.snippet),
      headers,
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const origin = `http://localhost:${port}`;
  return {
    origin,
    otherOrigin: `http://127.0.0.1:${port}`,
    /** Into all pages from now on. */
    paste: (text) => (snippet = text),
    /** Gives a page an address of its own, and so a conversation; with a snippet, a language, headers. Resolves to it. */
    publish(name, snippet, options) {
      published.set(published.size + 1, { snippet, ...options });
      return `${origin}/${published.size}/${name}.html`;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const require = createRequire(import.meta.url);

function packageFile(name, path) {
  return readFile(join(dirname(require.resolve(`${name}/package.json`)), path), 'utf8');
}

/** React comes as CommonJS only: its files as they are, and the few lines that a bundler would put around them. */
async function reactForBrowsers() {
  const files = {
    scheduler: 'cjs/scheduler.production.js',
    react: 'cjs/react.production.js',
    'react-dom': 'cjs/react-dom.production.js',
    'react-dom/client': 'cjs/react-dom-client.production.js',
  };
  const modules = Object.entries(files).map(async ([name, path]) => {
    const code = await packageFile(name.split('/')[0], path);
    return `${JSON.stringify(name)}: (module, exports, require) => {\n${code}\n}`;
  });
  return `const modules = {\n${(await Promise.all(modules)).join(',\n')}\n};
const made = {};
function require(name) {
  if (made[name]) return made[name].exports;
  const module = (made[name] = { exports: {} });
  modules[name](module, module.exports, require);
  return module.exports;
}`;
}
