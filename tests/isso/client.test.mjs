// Isso's own client, the file of the package as it is, in a browser: the same story beside Isso itself, which shows that the story is
// right, and beside Parlour.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Owner } from '../browser/lib/owner.mjs';
import { openBrowser, Person } from '../browser/lib/people.mjs';
import { startParlour } from '../browser/lib/server.mjs';
import { until } from '../browser/lib/until.mjs';
import { AS_ISSO, LIMITS } from './lib/beside.mjs';
import { startIsso } from './lib/isso.mjs';
import { startPages } from './lib/pages.mjs';

/** Networks of the documentation's (RFC 5737). */
const [ADA, BOB, CYD] = ['192.0.2.1', '198.51.100.2', '203.0.113.3'];

/** Somebody who reads with Isso's client, from a network of his own, and remembers nothing from before. */
class Reader extends Person {
  static async arrive(browser, network) {
    const reader = await super.arrive(browser);
    // On its way, where no page can see it: a header of the page's own would have to be allowed by the server.
    await reader.page.route('**/*', (route) => route.continue({ headers: { ...route.request().headers(), 'x-forwarded-for': network } }));
    return reader;
  }

  async opens(address) {
    // Past the page that it may be, so that a fragment does not keep it from being loaded.
    await this.page.goto('about:blank');
    await this.page.goto(address);
    // The form is there before the comments are, and what is posted in between gets lost on the page.
    await this.sees(this.form.locator('textarea'), this.heading.filter({ hasText: /\S/ }));
  }

  get form() {
    return this.page.locator('#isso-thread > .isso-postbox');
  }

  get heading() {
    return this.page.locator('.isso-thread-heading');
  }

  comment(text) {
    return this.page.locator('.isso-comment', { has: this.page.locator(':scope > .isso-text-wrapper > .isso-text', { hasText: text }) });
  }

  /** A link under a comment, not under the replies to it. */
  link(text, what) {
    return this.comment(text).locator(`:scope > .isso-text-wrapper > .isso-comment-footer > .isso-${what}`);
  }

  votes(text) {
    return this.link(text, 'votes');
  }

  note(comment) {
    return comment.locator(':scope > .isso-text-wrapper .isso-note');
  }

  async writes(text, { author, email, website } = {}, form = this.form) {
    await form.locator('textarea').fill(text);
    for (const [name, value] of Object.entries({ author, email, website })) {
      if (value !== undefined) await form.locator(`[name=${name}]`).fill(value);
    }
  }

  async posts(text, who, form = this.form) {
    await this.writes(text, who, form);
    await form.locator('[type=submit]').click();
    // As it is shown: without the signs of its Markdown.
    await this.sees(this.comment(text.replaceAll('*', '')));
  }

  async replies(to, text, who) {
    await this.link(to, 'reply').click();
    await this.posts(text, who, this.comment(to).locator('.isso-postbox'));
  }

  async edits(before, after) {
    await this.link(before, 'edit').click();
    // By its place: its text is in a field now.
    const field = this.page.locator('.isso-textarea-wrapper:not(.isso-postbox *) > textarea');
    await this.sees(field);
    const was = await field.inputValue();
    await field.fill(after);
    await this.page.locator('.isso-edit', { hasText: 'Save' }).click();
    await this.seesNo(field);
    return was;
  }

  async deletes(text) {
    await this.link(text, 'delete').click();
    await this.link(text, 'delete').click();
  }
}

/** How each of them is started for a test: with comments shown at once, or held. Resolves to the root that a page names. */
const SERVERS = {
  'Isso itself': (on) => ({
    async root({ moderated = false, ...guard } = {}) {
      const isso = await startIsso([on.pages.origin], {
        moderation: { enabled: moderated ? 'on' : 'off' },
        ...(guard.email && { guard: { enabled: 'on', 'require-email': 'on', ratelimit: 100, 'direct-reply': 100 } }),
      });
      on.started.push(isso);
      return isso.url;
    },
  }),
  Parlour: (on) => ({
    async root({ moderated = false, email = false } = {}) {
      const settings = { ...AS_ISSO, moderation: moderated ? 'all' : 'none', require_email: email };
      const { key } = await on.owner.site(on.parlour.url, [on.pages.origin], settings);
      return `${on.parlour.url}/isso/${key}/`;
    },
  }),
};

for (const [name, server] of Object.entries(SERVERS)) {
  describe(`Isso’s client beside ${name}`, () => {
    const on = { started: [] };
    const readers = [];

    before(async () => {
      on.pages = await startPages();
      on.browser = await openBrowser();
      if (name === 'Parlour') {
        on.parlour = await startParlour({ ...LIMITS, PARLOUR_TRUSTED_PROXIES: '127.0.0.0/8' });
        on.owner = await Owner.settle(on.parlour);
      }
      on.server = server(on);
    });

    after(async () => {
      await on.browser?.close();
      await Promise.all(on.started.map((one) => one.stop()));
      await on.parlour?.stop();
      await on.pages?.stop();
    });

    let pages = 0;

    /** A new page with a conversation; attributes are those of the script. */
    function publish(root, attributes = '', thread = '') {
      pages += 1;
      return on.pages.publish(
        `/blog/${pages}`,
        `<section id="isso-thread" data-title="Page ${pages}" ${thread}></section>
         <script data-isso="${root}" ${attributes} src="/js/embed.min.js"></script>`,
      );
    }

    async function reader(network) {
      const arrived = await Reader.arrive(on.browser, network);
      readers.push(arrived);
      return arrived;
    }

    async function all() {
      for (const one of readers.splice(0)) {
        assert.deepEqual(one.takeErrors(), [], 'the console is silent');
        await one.context.close();
      }
    }

    it('posts, answers, votes, edits and takes back', async () => {
      const page = publish(await on.server.root());
      const ada = await reader(ADA);
      await ada.opens(page);
      await ada.sees(ada.heading.getByText('No Comments Yet'));

      await ada.writes('It *hums*.\nLoudly.', { author: 'Ada', website: 'ada.example' });
      await ada.form.locator('[name=preview]').click();
      await ada.sees(ada.form.locator('.isso-preview em', { hasText: 'hums' }));
      await ada.form.locator('[name=edit]').click();
      await ada.posts('It *hums*.\nLoudly.');
      const posted = ada.comment('It hums.');
      assert.equal(await posted.locator('.isso-text em').textContent(), 'hums');
      // With the scheme that the server assumes.
      assert.match(await posted.locator('a.isso-author').getAttribute('href'), /^https?:\/\/ada\.example\/?$/);
      assert.match(await posted.getAttribute('data-hash'), /^[0-9a-f]{12}$/);
      await ada.sees(ada.link('It hums.', 'edit'), ada.link('It hums.', 'delete'), posted.locator('.isso-avatar svg'));

      const bob = await reader(BOB);
      await bob.opens(page);
      await bob.sees(bob.heading.getByText('One Comment'), bob.comment('It hums.'));
      assert.equal(await bob.comment('It hums.').locator('.isso-author').textContent(), 'Ada');
      assert.equal(await bob.link('It hums.', 'edit').count(), 0, 'he may not edit what is not his');
      await bob.replies('It hums.', 'Mine too', { author: 'Bob' });
      await bob.sees(bob.comment('It hums.').locator('.isso-follow-up').getByText('Mine too'));
      await bob.link('It hums.', 'upvote').click();
      await bob.sees(bob.votes('It hums.').getByText('1', { exact: true }));
      await bob.link('It hums.', 'upvote').click();
      await bob.posts('Another thing');

      const cyd = await reader(CYD);
      await cyd.opens(page);
      await cyd.link('It hums.', 'downvote').click();
      // Isso's style hides a sum of nothing.
      await cyd.votes('It hums.').getByText('0', { exact: true }).waitFor({ state: 'attached' });
      await cyd.sees(cyd.heading.getByText('3 Comments'));
      await cyd.replies('Mine too', 'So does his');

      assert.equal(await ada.edits('It hums.', 'It *roars*.'), 'It *hums*.\nLoudly.', 'as it was typed');
      await ada.sees(ada.comment('It roars.').locator('em', { hasText: 'roars' }));
      await ada.opens(page);
      await ada.sees(ada.link('It roars.', 'edit'), ada.comment('So does his'));
      await ada.sees(ada.comment('It roars.').locator('.isso-follow-up > .isso-comment').getByText('So does his'));
      await ada.deletes('It roars.');
      await ada.sees(ada.page.getByText('Comment deleted.'));
      await ada.sees(ada.comment('Mine too'));

      await bob.deletes('Another thing');
      await bob.seesNo(bob.comment('Another thing'));
      await bob.opens(page);
      await bob.sees(bob.page.getByText('Comment deleted.'), bob.comment('Mine too'));
      assert.equal(await bob.comment('Another thing').count(), 0);
      assert.equal(await bob.page.getByText('roars').count(), 0);
      await all();
    });

    it('unfolds what is hidden, in each order', async () => {
      const root = await on.server.root();
      const page = publish(root, '', 'data-isso-id="/one/conversation"');
      const ada = await reader(ADA);
      const bob = await reader(BOB);
      await ada.opens(page);
      for (let number = 1; number <= 4; number += 1) await ada.posts(`Comment ${number}.`);
      await bob.opens(page);
      for (let number = 1; number <= 8; number += 1) {
        // A form that was sent leaves; the link under its comment is there again.
        await bob.replies('Comment 1.', `Reply ${number}.`);
      }
      await bob.link('Comment 3.', 'upvote').click();
      await bob.sees(bob.votes('Comment 3.').getByText('1', { exact: true }));

      await bob.opens(page);
      await bob.sees(bob.comment('Reply 5.'), bob.page.getByText('3 Hidden'));
      assert.equal(await bob.comment('Reply 6.').count(), 0);
      await bob.page.getByText('3 Hidden').click();
      await bob.sees(bob.comment('Reply 6.'), bob.comment('Reply 8.'));

      const ordered = async (sorting, expected) => {
        const attributes = `data-isso-sorting="${sorting}" data-isso-max-comments-top="2" data-isso-reveal-on-click="1" data-isso-max-comments-nested="1"`;
        await bob.opens(publish(root, attributes, 'data-isso-id="/one/conversation"'));
        const roots = bob.page.locator('#isso-root > .isso-comment > .isso-text-wrapper > .isso-text');
        const hidden = bob.page.locator('#isso-root > .isso-comment-loader a');
        await bob.sees(hidden.getByText('2 Hidden'));
        assert.deepEqual(await roots.allInnerTexts(), expected.slice(0, 2));
        await hidden.click();
        await bob.sees(hidden.getByText('1 Hidden'));
        assert.deepEqual(await roots.allInnerTexts(), expected.slice(0, 3));
      };
      await ordered('oldest', ['Comment 1.', 'Comment 2.', 'Comment 3.']);
      await ordered('newest', ['Comment 4.', 'Comment 3.', 'Comment 2.']);
      await ordered('upvotes', ['Comment 3.', 'Comment 1.', 'Comment 2.']);
      await all();
    });

    it('finds the comment that an address names', async () => {
      const page = publish(await on.server.root());
      const ada = await reader(ADA);
      await ada.opens(page);
      await ada.posts('The one.');
      const id = await ada.comment('The one.').getAttribute('id');
      assert.match(id, /^isso-\d+$/);
      await ada.opens(`${page}#${id}`);
      await ada.sees(ada.page.locator('.isso-target', { hasText: 'The one.' }));
      await all();
    });

    it('counts comments on other pages', async () => {
      const root = await on.server.root();
      const page = publish(root, '', 'data-isso-id="/counted"');
      const ada = await reader(ADA);
      await ada.opens(page);
      await ada.posts('One of two.');
      await ada.posts('Two of two.');
      for (const script of ['embed.min.js', 'count.min.js']) {
        const front = on.pages.publish(
          `/front/${script}`,
          `<a id="known" href="/elsewhere#isso-thread" data-isso-id="/counted">?</a>
           <a id="unknown" href="/nowhere#isso-thread">?</a>
           <script data-isso="${root}" src="/js/${script}"></script>`,
        );
        await ada.page.goto(front);
        await ada.sees(ada.page.locator('#known', { hasText: '2 Comments' }), ada.page.locator('#unknown', { hasText: '0 Comments' }));
      }
      await all();
    });

    it('says what waits for a moderator, and shows it to nobody', async () => {
      const page = publish(await on.server.root({ moderated: true }));
      const ada = await reader(ADA);
      await ada.opens(page);
      await ada.posts('Let me in.', { author: 'Ada' });
      await ada.sees(ada.note(ada.comment('Let me in.')).getByText('Comment in queue for moderation.'));
      await ada.edits('Let me in.', 'Let me in, please.');
      await ada.sees(ada.comment('Let me in, please.'));
      await ada.opens(page);
      await ada.sees(ada.heading.getByText('No Comments Yet'));
      await all();
    });

    it('is not broken by a refusal', async () => {
      const page = publish(await on.server.root({ email: true }));
      const ada = await reader(ADA);
      await ada.opens(page);
      // Past what the client itself demands.
      const refused = ada.page.waitForResponse((response) => response.url().includes('/new') && response.status() >= 400);
      await ada.writes('With an address that is too long.', { email: `ada@${'x'.repeat(260)}.example` });
      await ada.form.locator('[type=submit]').click();
      await refused;
      await until('the button can be used again', () => ada.form.locator('[type=submit]').isEnabled());
      assert.equal(await ada.form.locator('textarea').inputValue(), 'With an address that is too long.');
      assert.ok(ada.takeErrors().length > 0, 'the client tells the console');
      await ada.writes('With an address.', { email: 'ada@example.org' });
      await ada.form.locator('[type=submit]').click();
      await ada.sees(ada.comment('With an address.'));
      await all();
    });
  });
}
