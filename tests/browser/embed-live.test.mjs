// Live: what others do arrives while one reads, and moves nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stage } from './lib/stage.mjs';
import { until } from './lib/until.mjs';

const STREAMS_PER_SITE = 4;
/** What the browser itself says in the console of a request that was refused. */
const REFUSED = /Failed to load resource.*\/live\?/;
const numbered = (count) => Array.from({ length: count }, (_, index) => `Remark no. ${index + 1}.`);

describe('live', () => {
  const on = stage({ PARLOUR_STREAMS_PER_SITE: String(STREAMS_PER_SITE) });

  const bar = (reader, count) =>
    reader.page.getByRole('button', { name: `Show ${count} new comment${count > 1 ? 's' : ''}`, exact: true });

  /** Scrolls so that the comment is in the middle; resolves to a function that tells how far it has moved since. */
  async function reads(reader, text) {
    const article = reader.comment(text);
    await article.evaluate((element) => element.scrollIntoView({ block: 'center', behavior: 'instant' }));
    const [top, scrolled] = [await reader.top(article), await reader.page.evaluate(() => scrollY)];
    assert.ok(scrolled > 0, 'the page is scrolled');
    return async () => (await reader.top(article)) - top;
  }

  it('new comments wait behind a bar that says how many, and nothing moves', async () => {
    const site = await on.site({ sort: 'newest' });
    const page = on.publish(site);
    const remarks = await site.postAll(page, numbered(40));
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      const moved = await reads(reader, 'Remark no. 20.');
      const scrolled = () => reader.page.evaluate(() => scrollY);
      const before = await scrolled();
      await site.post(page, 'On top of all.');
      await reader.sees(bar(reader, 1));
      await site.post(page, 'Under one that is further up.', { under: remarks[30] });
      await reader.sees(bar(reader, 2));
      assert.equal(await moved(), 0);
      assert.equal(await scrolled(), before);
      assert.equal(await reader.comment('On top of all.').count(), 0, 'they are not drawn before they are wanted');
      assert.equal(await reader.title.innerText(), '42 comments', 'the number is true at once');

      await bar(reader, 2).press('Enter');
      await reader.hasFocus(reader.comment('On top of all.'));
      await reader.sees(reader.thread.locator('li li').filter({ hasText: 'Under one that is further up.' }));
      assert.equal((await reader.order())[0], 'On top of all.');
      assert.equal(await reader.page.getByRole('button', { name: /^Show \d+ new/ }).count(), 0);
    });
  });

  it('the bar is told to those who listen, and to the page’s scripts', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      await reader.page.evaluate(() => {
        window.told = new Promise((resolve) => {
          document.addEventListener('parlour:news', ({ detail }) => resolve(detail.count), { once: true });
        });
      });
      await site.post(page, 'Hello?');
      assert.equal(await reader.page.evaluate(() => window.told), 1);
      // A box without height, over which the button hangs.
      await reader.page
        .getByRole('status')
        .filter({ has: bar(reader, 1) })
        .waitFor({ state: 'attached' });
    });
  });

  it('what came between reading and listening is told, too', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, 'The first.');
    let listen;
    await on.visit(
      page,
      async (reader) => {
        await reader.canWrite();
        await site.post(page, 'In between.');
        listen();
        await reader.sees(bar(reader, 1));
      },
      { prepare: async (reader) => (listen = await reader.holds('**/live?*')) },
    );
  });

  it('votes, changes, removals and what befalls the thread arrive in place', async () => {
    const site = await on.site({ reactions: ['👍'] });
    const page = on.publish(site);
    const remarks = await site.postAll(page, numbered(30));
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      const moved = await reads(reader, 'Remark no. 20.');
      await site.vote(remarks[18]);
      await reader.sees(reader.button('Remark no. 19.', 'Vote up: 1'));
      await site.edit(remarks[2], `Changed,\n\n${'and longer.\n\n'.repeat(8)}`);
      await reader.sees(reader.comment('Changed,').getByText('(edited)'));
      await site.remove(remarks[3]);
      await reader.seesNo(reader.comment(/Remark no\. 4\./));
      assert.ok(Math.abs(await moved()) < 1, 'what is read stays where it is');

      await site.react(page, '👍');
      await reader.sees(reader.page.getByRole('button', { name: '👍 1' }));
      await site.post(page, 'A reply.', { under: remarks[4] });
      await reader.sees(bar(reader, 1));
      await site.remove(remarks[4]);
      await reader.sees(reader.page.getByRole('article', { name: 'This comment was removed.' }));

      await site.changeThread(page, { closed: true });
      await reader.sees(reader.page.getByText('Comments are closed.'));
      assert.equal(await reader.button('Remark no. 20.', 'Reply').count(), 0);
      await site.changeThread(page, { closed: false });
      await reader.sees(reader.button('Remark no. 20.', 'Reply'), reader.composer);
    });
  });

  it('an unsent reply and the keyboard’s focus outlive what arrives', async () => {
    const site = await on.site();
    const page = on.publish(site);
    const [first, second] = await site.postAll(page, ['Does it hum?', 'Is it warm?']);
    await on.visit(page, async (reader) => {
      await reader.button('Does it hum?', 'Reply').click();
      await reader.page.keyboard.type('It does');
      await site.edit(first, 'Does it hum loudly?');
      await reader.sees(reader.comment('Does it hum loudly?'));
      await reader.page.keyboard.type(' not.');
      assert.equal(await reader.replyBox.inputValue(), 'It does not.');

      const more = reader.button('Is it warm?', 'More');
      await more.focus();
      await site.edit(second, 'Is it warm or hot?');
      await reader.sees(reader.comment('Is it warm or hot?'));
      await reader.hasFocus(reader.button('Is it warm or hot?', 'More'));
    });
  });

  it('the same reader’s two windows agree', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      const other = await reader.context.newPage();
      await other.goto(page);
      const box = other.getByRole('textbox', { name: 'Your comment' });
      await box.fill('From my other window.');
      await other.getByRole('button', { name: 'Post', exact: true }).click();
      await reader.sees(other.getByRole('article').filter({ hasText: 'From my other window.' }));
      await reader.sees(reader.button('From my other window.', 'Delete'));
    });
  });

  it('a page that is not looked at lets go of its connection, and catches up', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await on.visit(page, async (reader) => {
      const look = (hidden) =>
        reader.page.evaluate((value) => {
          Object.defineProperty(document, 'hidden', { configurable: true, value });
          document.dispatchEvent(new Event('visibilitychange'));
        }, hidden);
      await until('the page listens', async () => (await on.streams()) === 1);
      await look(true);
      await until('it has let go', async () => (await on.streams()) === 0);
      await site.post(page, 'While you were away.');
      await look(false);
      await reader.sees(bar(reader, 1));
      await until('it listens again', async () => (await on.streams()) === 1);
    });
    await until('it has gone', async () => (await on.streams()) === 0);
  });

  it('where the server has no connection left, the page asks now and then', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, 'The first.');
    const end = new AbortController();
    for (let seat = 0; seat < STREAMS_PER_SITE; seat += 1) {
      const url = `${site.server}/v1/sites/${site.key}/live?${new URLSearchParams({ url: page })}`;
      const { status } = await fetch(url, { headers: { Origin: on.blog.origin }, signal: end.signal });
      assert.equal(status, 200);
    }
    const refused = (reader) =>
      reader.page.waitForResponse((response) => /\/live\?/.test(response.url()) && response.status() === 503);
    let answer;
    await on.visit(
      page,
      async (reader) => {
        await answer;
        await reader.canWrite();
        await site.post(page, 'Nobody told you.');
        await reader.page.clock.runFor('00:31');
        await reader.sees(bar(reader, 1));
      },
      {
        allowed: REFUSED,
        prepare: async (reader) => {
          await reader.page.clock.install();
          answer = refused(reader);
        },
      },
    );
    end.abort();
  });

  it('where the site does not want it, no page listens, and all ask now and then', async () => {
    const site = await on.site({ live: false });
    const page = on.publish(site);
    const listened = [];
    await on.visit(
      page,
      async (reader) => {
        await reader.canWrite();
        await site.post(page, 'Nobody told you.');
        await reader.page.clock.runFor('00:31');
        await reader.sees(bar(reader, 1));
        assert.deepEqual(listened, []);
      },
      {
        prepare: async (reader) => {
          await reader.page.clock.install();
          reader.page.on('request', (request) => /\/live\?/.test(request.url()) && listened.push(request.url()));
        },
      },
    );
  });
});
