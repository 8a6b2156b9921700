// Every route of the admin UI, by its address: it shows its page, for who comes straight to it, and is fine on a phone and on
// a desk, light and dark. A new route needs nothing here, but for what its parameters stand for.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { OWNER } from './lib/owner.mjs';
import { stage } from './lib/stage.mjs';

const ROUTER = new URL('../../admin-ui/src/router.tsx', import.meta.url);

/** The routes with a page, by their paths (`/t/$tenantId/people`), and whether they are behind the sign-in. */
async function pages() {
  const source = await readFile(ROUTER, 'utf8');
  const declared = /^const (\w+) = createRoute\(\{([^]*?)^\}\);/gm;
  const routes = new Map();
  for (const [, name, body] of source.matchAll(declared)) {
    const [, parent] = /getParentRoute: \(\) => (\w+),/.exec(body);
    const [, path = ''] = /^ {2}path: '([^']*)',/m.exec(body) ?? [];
    const above = routes.get(parent) ?? { path: '', signedIn: false };
    routes.set(name, {
      path: `${above.path}${path}`.replaceAll('//', '/'),
      signedIn: above.signedIn || name === 'signedIn',
      shown: path !== '' && body.includes('component:'),
    });
  }
  // A frame around others has no page of its own: its own address is that of its first page.
  const isFrame = ({ path }) => path !== '/' && [...routes.values()].some((other) => !other.shown && other.path === `${path}/`);
  return [...routes.values()].filter((route) => route.shown && !isFrame(route));
}

const routes = await pages();

describe('every route', () => {
  // Receivers on this machine are refused otherwise.
  const on = stage({ PARLOUR_OUTGOING_PORTS: '', PARLOUR_OUTGOING_PRIVATE: '127.0.0.0/8' });
  let walt, ids;

  before(async () => {
    const site = await on.site({ moderation: 'all' });
    const page = on.publish(site);
    const comment = await site.post(page, 'Does the valve need a heater of its own?', { name: 'Grace' });
    const { thread } = await site.thread(page);
    // Nobody is there; what could not be delivered is on its page all the same.
    const wish = { name: 'Search', url: 'http://127.0.0.1:9/', events: ['comment.created'] };
    const { webhook } = await on.owner.asks('POST', '/webhooks', wish);
    const delivery = await on.owner.asks('POST', `/webhooks/${webhook.id}/test`, {});
    ids = {
      webhookId: webhook.id,
      deliveryId: delivery.id,
      accountId: on.owner.accountId,
      tenantId: on.owner.tenantId,
      siteId: site.id,
      threadId: thread.id,
      commentId: comment.id,
      authorHash: comment.author.hash,
    };
    walt = await Moderator.arrive(on.browser);
    await walt.signsIn(on.parlour.url, OWNER);
  });

  after(() => walt?.context.close());

  it('is found in the router', () => {
    const paths = routes.map(({ path }) => path);
    for (const path of ['/sign-in', '/account', '/t/$tenantId/comments/$commentId', '/t/$tenantId/sites/$siteId/origins']) {
      assert.ok(paths.includes(path), `${path} in ${paths.join(' ')}`);
    }
  });

  for (const { path, signedIn } of routes) {
    it(path, async () => {
      const person = signedIn ? walt : await Moderator.arrive(on.browser);
      const address = path.replace(/\$(\w+)/g, (_, name) => {
        assert.ok(ids[name], `the test knows what ${name} stands for`);
        return ids[name];
      });
      await person.page.goto(`${on.parlour.url}/admin${address}`);
      await person.sees(person.page.getByRole('heading').first());
      await person.seesNone(person.page.getByRole('status', { name: 'Loading…' }));
      await person.seesNo(person.page.getByRole('heading', { name: 'Not found' }));
      assert.ok(person.page.url().includes(address), `stays at ${address}, not at ${person.page.url()}`);
      await assertFineEverywhere(person, `route${path.replaceAll('/', '-').replaceAll('$', '')}`);
      if (signedIn) person.assertCalm();
      else await person.context.close();
    });
  }
});
