// Parlour behind the proxies of deploy/: each with the files as an operator copies them, over TLS, asked by HTTP and in a browser.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { after, before, describe, it } from 'node:test';
import { Owner } from '../browser/lib/owner.mjs';
import { openBrowser, Person } from '../browser/lib/people.mjs';
import { startParlour } from '../browser/lib/server.mjs';
import { Client } from './lib/https.mjs';
import { HOSTS, NAMES, randomPort, selfSigned, startProxy } from './lib/proxies.mjs';

/** Attempts to find ports that nobody has. */
const ATTEMPTS = 8;

/** Posts that one network has. */
const POSTS = 12;

const SETUP_PASSWORD = 'waxed linen dial cord';

for (const which of NAMES) {
  describe(`behind ${which}`, () => {
    const own = 'https://comments.example';
    const isso = 'https://isso.example';
    const blog = 'https://blog.example';
    let stage;

    before(async () => {
      stage = await setUp(which);
    });
    after(() => stage?.stop());

    /** What a page of the blog sends along. */
    const fromBlog = () => ({ Origin: stage.origin('blog.example') });

    const posting = (text, page = '/a') => ({ thread: { url: stage.origin('blog.example') + page, title: 'A page' }, text });

    const readers = (host, path) => `${host}/v1/sites/${stage.site.key}/${path}`;

    const threadOf = (page) => `thread?url=${encodeURIComponent(stage.origin('blog.example') + page)}`;

    it('leads from http to https, with the whole address', async () => {
      for (const host of ['comments.example', 'isso.example']) {
        const { status, headers } = await stage.client.send(`http://${host}/docs?a=b%20c`);
        assert.equal(status, 308);
        assert.match(headers.location[0], new RegExp(`^https://${host}(:\\d+)?/docs\\?a=b%20c$`));
      }
    });

    it('speaks HTTP/2', async () => {
      assert.equal(await stage.client.statusByHttp2(`${own}/healthz`), 200);
    });

    it('has all doors on a host of its own, but what is for the operator', async () => {
      for (const path of ['/', '/docs', '/admin/', '/embed.js', '/count.js', '/healthz', `/isso/${stage.site.key}/info`]) {
        assert.equal((await stage.client.send(own + path)).status, 200, path);
      }
      assert.equal((await stage.client.send(`${own}/readyz`)).status, 404);
    });

    it('has what readers need below the blog, and nothing else of Parlour', async () => {
      for (const path of ['embed.js', 'count.js', 'embed/parlour.js', readers('', threadOf('/a')).slice(1)]) {
        assert.equal((await stage.client.send(`${blog}/comments/${path}`, { headers: fromBlog() })).status, 200, path);
      }
      for (const path of ['admin/', 'readyz', 'v1/admin/session', 'docs']) {
        const { text } = await stage.client.send(`${blog}/comments/${path}`);
        assert.equal(text, 'not of this blog', path);
      }
    });

    it('keeps the CORS headers as they are, once each, for answers, preflights and refusals', async () => {
      const url = readers(own, threadOf('/a'));
      const origin = stage.origin('blog.example');
      const answer = await stage.client.send(url, { headers: fromBlog() });
      assert.deepEqual(answer.headers['access-control-allow-origin'], [origin]);
      assert.match(String(answer.headers.vary), /origin/i);

      const preflight = await stage.client.send(readers(own, 'comments'), {
        method: 'OPTIONS',
        headers: { ...fromBlog(), 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
      });
      assert.equal(preflight.status, 204);
      assert.deepEqual(preflight.headers['access-control-allow-origin'], [origin]);
      assert.match(preflight.headers['access-control-allow-methods'][0], /POST/);

      const refused = await stage.client.send(readers(own, 'comments'), { method: 'POST', headers: fromBlog(), body: '{' });
      assert.equal(refused.status, 400);
      assert.deepEqual(refused.headers['content-type'], ['application/problem+json']);
      assert.deepEqual(refused.headers['access-control-allow-origin'], [origin]);

      const stranger = await stage.client.send(url, { headers: { Origin: 'https://elsewhere.example' } });
      assert.equal(stranger.headers['access-control-allow-origin'], undefined);
    });

    it('has credentials and the exposed headers at Isso’s doors', async () => {
      for (const door of [`${own}/isso/${stage.site.key}`, isso, `${blog}/isso`]) {
        const { status, headers, json } = await stage.client.send(`${door}/new?uri=/cors`, {
          method: 'POST',
          headers: fromBlog(),
          body: { text: 'By Isso’s ways', title: 'A page' },
          from: '127.0.4.1',
        });
        assert.equal(status, 201, door);
        assert.deepEqual(headers['access-control-allow-origin'], [stage.origin('blog.example')]);
        assert.deepEqual(headers['access-control-allow-credentials'], ['true']);
        assert.match(headers['access-control-expose-headers'][0], /X-Set-Cookie/);
        assert.equal(headers['x-set-cookie'].length, 1);
        assert.match(headers['set-cookie'][0], new RegExp(`^${json.id}=.*Secure`));
        assert.doesNotMatch(headers['set-cookie'][0], /path=/i, 'it belongs to the folder of the request');

        const [cookie] = headers['set-cookie'][0].split(';');
        const gone = await stage.client.send(`${door}/id/${json.id}`, {
          method: 'DELETE',
          headers: { ...fromBlog(), Cookie: cookie },
          from: '127.0.4.1',
        });
        assert.equal(gone.status, 200);
        // Where a browser has it: the folder of the door, by the address that the proxy gives to it.
        const folder = new URL(`${door}/new`).pathname.replace(/\/new$/, '') || '/';
        assert.match(gone.headers['set-cookie'][0], new RegExp(`path=${folder}(;|$)`, 'i'));
      }
    });

    it('counts by the reader’s own address, whatever he says it is', async () => {
      const post = (from, text) =>
        stage.client.send(readers(own, 'comments'), {
          method: 'POST',
          headers: { ...fromBlog(), 'X-Forwarded-For': `203.0.113.${text}` },
          body: posting(`Number ${text}`),
          from,
        });
      for (let number = 1; number <= POSTS; number += 1) assert.equal((await post('127.0.5.1', number)).status, 201);
      assert.equal((await post('127.0.5.1', POSTS + 1)).status, 429);
      assert.equal((await post('127.0.6.1', POSTS + 2)).status, 201, 'another network');
    });

    it('hands on live events as they happen', async () => {
      for (const [host, name] of [
        [own, 'a host of its own'],
        [`${blog}/comments`, 'below the blog'],
      ]) {
        const page = `/live/${name.length}`;
        const stream = await stage.client.listen(readers(host, `live?url=${encodeURIComponent(stage.origin('blog.example') + page)}`), {
          headers: { ...fromBlog(), 'Accept-Encoding': 'gzip' },
          from: '127.0.7.1',
        });
        assert.equal(stream.status, 200, name);
        assert.deepEqual(stream.headers['content-type'], ['text/event-stream']);
        assert.equal(stream.headers['content-encoding'], undefined);
        // What it begins with tells that it is heard.
        let event = await stream.next();
        const posted = await stage.client.send(readers(host, 'comments'), {
          method: 'POST',
          headers: fromBlog(),
          body: posting('Heard at once', page),
          from: '127.0.7.1',
        });
        assert.equal(posted.status, 201);
        while (!event.includes('Heard at once')) event = await stream.next();
        stream.close();
      }
    });

    it('hands on compressed what is stored compressed, and answers 304', async () => {
      const asked = { ...fromBlog(), 'Accept-Encoding': 'gzip' };
      for (const url of [`${own}/embed.js`, readers(own, threadOf('/a'))]) {
        const answer = await stage.client.send(url, { headers: asked });
        assert.deepEqual(answer.headers['content-encoding'], ['gzip'], url);
        assert.ok(gunzipSync(answer.content).length > answer.content.length);
        const again = await stage.client.send(url, { headers: { ...asked, 'If-None-Match': answer.headers.etag[0] } });
        assert.equal(again.status, 304, url);
      }
    });

    it('leaves it to Parlour to say what is too large', async () => {
      const { status, headers, json } = await stage.client.send(readers(own, 'comments'), {
        method: 'POST',
        headers: fromBlog(),
        body: posting('x'.repeat(600_000)),
        from: '127.0.8.1',
      });
      assert.equal(status, 413);
      assert.equal(json.code, 'payload_too_large');
      assert.deepEqual(headers['access-control-allow-origin'], [stage.origin('blog.example')]);
    });

    it('lets moderators in on the host of its own', async () => {
      const { status, headers } = await stage.client.send(`${own}/v1/admin/session`, {
        method: 'POST',
        headers: { Origin: stage.origin('comments.example') },
        body: { email: 'walt@example.org', password: SETUP_PASSWORD },
      });
      assert.equal(status, 200);
      assert.match(headers['set-cookie'][0], /^__Secure-parlour_refresh=.*HttpOnly/);
    });

    for (const [name, host] of [
      ['from a host of its own', 'comments.example'],
      ['from below the blog', 'blog.example/comments'],
    ]) {
      it(`shows comments in pages, and takes them, ${name}`, async () => {
        const base = `https://${host.replace(/^[^/]+/, (one) => `${one}:${stage.ports.https}`)}`;
        const reader = await stage.reader();
        const page = stage.publish(stage.site.snippet.replaceAll(stage.origin('comments.example'), base));
        await reader.page.goto(page);
        const box = reader.page.getByRole('textbox', { name: /comment/i }).first();
        await box.fill('It holds the heat');
        await reader.page.getByRole('button', { name: 'Post', exact: false }).first().click();
        await reader.sees(reader.page.getByRole('article').getByText('It holds the heat'));
        await reader.page.reload();
        await reader.sees(reader.page.getByRole('article').getByText('It holds the heat'));
        assert.deepEqual([...reader.origins].sort(), [...new Set([stage.origin('blog.example'), new URL(base).origin])].sort());
        await reader.leave();
      });
    }

    for (const [name, door] of [
      ['on the host that Isso had', () => `${stage.origin('isso.example')}/`],
      ['in the folder of the blog that Isso had', () => `${stage.origin('blog.example')}/isso/`],
    ]) {
      it(`serves a page that was written for Isso, ${name}`, async () => {
        const reader = await stage.reader();
        const root = door();
        const page = stage.publish(
          `<script data-isso="${root}" src="${root}js/embed.min.js"></script><section id="isso-thread" data-title="A page"></section>`,
        );
        await reader.page.goto(page);
        await reader.page.locator('#isso-thread .isso-postbox textarea').fill('As it ever was');
        await reader.page.locator('#isso-thread .isso-postbox [type=submit]').click();
        const comment = reader.page.locator('.isso-comment', { hasText: 'As it ever was' });
        await reader.sees(comment);
        await comment.locator('.isso-delete').click();
        await reader.sees(reader.page.getByText('You deleted this comment.').first());
        assert.deepEqual([...reader.origins].sort(), [...new Set([stage.origin('blog.example'), new URL(root).origin])].sort());
        await reader.leave();
      });
    }
  });
}

/** Everything that takes part: the certificate, the blog, Parlour, the proxy before both, and a browser that finds the hosts here. */
async function setUp(which) {
  const ends = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const { certificate, key, remove } = await selfSigned();
    ends.push(remove);
    const blog = await startBlog();
    ends.push(blog.stop);
    const { ports, parlour, site, proxy } = await begin(which, { certificate, key, blog: blog.address });
    ends.push(parlour.stop, proxy.stop);
    const browser = await openBrowser(HOSTS.map((host) => `MAP ${host} 127.0.0.1`));
    ends.push(() => browser.close());

    const origin = (host) => `https://${host}:${ports.https}`;
    return {
      ports,
      site,
      origin,
      client: await Client.trusting(certificate, ports),
      /** Resolves to somebody with a browser, who says good-bye by `leave`. */
      async reader() {
        const reader = await Person.arrive(browser, { ignoreHTTPSErrors: true });
        reader.leave = async () => {
          assert.deepEqual(reader.takeErrors(), [], 'the console is silent');
          await reader.context.close();
        };
        return reader;
      },
      publish: (body) => origin('blog.example') + blog.publish(body),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Parlour has to know its public address when it starts, and so the proxy's port: both start anew where that is taken. */
async function begin(which, { certificate, key, blog }) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const ports = { http: randomPort(), https: randomPort() };
    const parlour = await startParlour({
      PARLOUR_PUBLIC_URL: `https://comments.example:${ports.https}`,
      PARLOUR_TRUSTED_PROXIES: '127.0.0.1/32',
      PARLOUR_LIMIT_POST: `${POSTS}/3600`,
    });
    try {
      const owner = await Owner.settle(parlour);
      const site = await owner.site(parlour.url, [`https://blog.example:${ports.https}`]);
      const proxy = await startProxy(which, { ports, parlour: parlour.url, blog, siteKey: site.key, certificate, key });
      if (proxy) return { ports, parlour, site, proxy };
    } catch (error) {
      await parlour.stop();
      throw error;
    }
    await parlour.stop();
  }
  throw new Error(`no free ports for ${which}`);
}

/** A blog that knows nothing of comments but what is pasted into its pages. */
async function startBlog() {
  const pages = [];
  const server = createServer((request, response) => {
    const [, number] = /^\/page\/(\d+)$/.exec(request.url) ?? [];
    if (number) return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(pages[number]);
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    response.writeHead(404).end('not of this blog');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    /** The path of a new page. */
    publish(body) {
      pages.push(`<!DOCTYPE html><html lang="en"><title>A page</title><body><h1>A page</h1>${body}</body></html>`);
      return `/page/${pages.length - 1}`;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
