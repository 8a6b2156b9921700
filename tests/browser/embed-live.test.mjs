// Live: what others do arrives while one reads, and moves nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stage } from './lib/stage.mjs';
import { until } from './lib/until.mjs';

const STREAMS_PER_SITE = 4;
/** What the browser itself says in the console of a request that was refused. */
const REFUSED = /Failed to load resource.*\/live\?/;
/** The page is hidden by another window, or seen again. */
const turnAway = (reader, hidden) =>
  reader.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
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

  it('what is gone before it was shown is no news any more', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      const [first] = await site.postAll(page, ['Rash.', 'Considered.']);
      await reader.sees(bar(reader, 2));
      await site.remove(first);
      await bar(reader, 1).click();
      await reader.hasFocus(reader.comment('Considered.'));
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

  it('what the reader looks at stays in its place, in whatever order comments came', async () => {
    const site = await on.site({ sort: 'newest' });
    const page = on.publish(site);
    await site.postAll(page, numbered(30));
    await on.visit(
      page,
      async (reader) => {
        await reader.canWrite();
        const [below] = await site.postAll(page, ['The last but one.', 'The last.']);
        await bar(reader, 2).click();
        const moved = await reads(reader, 'The last.');
        await site.edit(below, `Changed,\n\n${'and longer.\n\n'.repeat(8)}`);
        await reader.sees(reader.comment('Changed,').getByText('(edited)'));
        assert.ok(Math.abs(await moved()) < 1);
      },
      { viewport: { width: 1100, height: 400 } },
    );
  });

  it('a change far away, on what is not loaded, is no news', async () => {
    const site = await on.site();
    const page = on.publish(site);
    const remarks = await site.postAll(page, numbered(60));
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      await site.edit(remarks[59], 'The last remark, mended.');
      await site.post(page, 'News.');
      await reader.sees(bar(reader, 1));
      await bar(reader, 1).click();
      await reader.sees(reader.comment('News.'));
      assert.equal(await reader.comment('The last remark, mended.').count(), 0);
    });
  });

  it('what its author changed he still sees while it waits for approval again', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await on.visit(
      page,
      async (reader) => {
        await reader.canWrite();
        await reader.writes('Teh hum.');
        await reader.posts();
        await site.set({ moderation: 'all' });
        await reader.button('Teh hum.', 'Edit').click();
        await reader.page.getByRole('textbox', { name: 'Change your comment' }).fill('The hum.');
        await reader.page.getByRole('button', { name: 'Save' }).click();
        await reader.sees(reader.waiting('The hum.'));
        await reader.page.evaluate(() => window.hear());
        // Whoever has heard of this one has heard before that the other is not public any more.
        await site.decide('publish', await site.post(page, 'Another.'));
        await reader.sees(bar(reader, 1));
        assert.equal(await reader.waiting('The hum.').count(), 1);
      },
      {
        // Of removals the page hears when it has the answer to the change: which comes first is chance otherwise.
        prepare: (reader) =>
          reader.context.addInitScript(() => {
            const heard = new Promise((resolve) => (window.hear = resolve));
            const { addEventListener } = EventSource.prototype;
            EventSource.prototype.addEventListener = function (name, act) {
              const later = async (event) => act(event, await heard);
              addEventListener.call(this, name, name === 'removed' ? later : act);
            };
          }),
      },
    );
  });

  it('the place of the reader’s own comment stays while replies stand under it', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      await reader.writes('Mine.');
      await reader.posts();
      await reader.sees(reader.comment('Mine.'));
      const [mine] = (await site.thread(page)).comments;
      await site.post(page, 'A reply.', { under: mine });
      await bar(reader, 1).click();
      await reader.sees(reader.comment('A reply.'));
      await site.decide('reject', mine);
      await reader.sees(
        reader.page.getByRole('article', { name: 'This comment was removed.' }),
        reader.thread.locator('li li').filter({ hasText: 'A reply.' }),
      );
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
    const [first] = await site.postAll(page, ['Soon to go.', 'Here to stay.']);
    await on.visit(page, async (reader) => {
      await until('the page listens', async () => (await on.streams()) === 1);
      await turnAway(reader, true);
      await until('it has let go', async () => (await on.streams()) === 0);
      await site.remove(first);
      await site.post(page, 'While you were away.');
      await turnAway(reader, false);
      await reader.sees(bar(reader, 1));
      await reader.seesNo(reader.comment('Soon to go.'));
      await until('it listens again', async () => (await on.streams()) === 1);
    });
    await until('it has gone', async () => (await on.streams()) === 0);
  });

  it('whoever has missed too much reads anew, and loses what is gone', async () => {
    const site = await on.site();
    const page = on.publish(site);
    const [first] = await site.postAll(page, ['Soon to go.', 'Here to stay.']);
    let arrive;
    await on.visit(
      page,
      async (reader) => {
        await reader.canWrite();
        await site.remove(first);
        await site.post(page, 'While you were away.');
        // Nobody has listened yet, so the server knows that something happened, and not what.
        arrive();
        await reader.sees(bar(reader, 1));
        await reader.seesNo(reader.comment('Soon to go.'));
      },
      { prepare: async (reader) => (arrive = await reader.holds('**/live?*')) },
    );
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

  it('nor does it ask while nobody looks, even if it had begun to', async () => {
    const site = await on.site({ live: false });
    const page = on.publish(site);
    const asks = (reader) => reader.page.waitForRequest(/\/thread\?/);
    await on.visit(
      page,
      async (reader) => {
        await reader.canWrite();
        const answer = await reader.holds('**/thread?*');
        const begun = asks(reader);
        await reader.page.clock.runFor('00:31');
        await begun;
        await turnAway(reader, true);
        const answered = reader.page.waitForResponse(/\/thread\?/);
        answer();
        await (await answered).finished();
        let asked = 0;
        reader.page.on('request', (request) => (asked += Number(/\/thread\?/.test(request.url()))));
        await reader.page.clock.runFor('05:00');
        assert.equal(asked, 0);
        const again = asks(reader);
        await turnAway(reader, false);
        await again;
      },
      { prepare: (reader) => reader.page.clock.install() },
    );
  });
});
