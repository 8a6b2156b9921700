// Writing: what a reader types is never lost, what he did can be undone, and he is told what happened.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stage } from './lib/stage.mjs';

/** What the browser itself says in the console of a request that failed. */
const FAILED = /Failed to load resource/;

describe('writing', () => {
  const on = stage({ PARLOUR_LIMIT_REPORT: '1/3600' });

  describe('the form', () => {
    it('keeps drafts over reloads, of a comment and of a reply', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await site.post(page, 'Does it hum?');
      await on.visit(page, async (reader) => {
        await reader.writes('Half a thought');
        await reader.button('Does it hum?', 'Reply').click();
        await reader.replyBox.fill('Half an answer');
        // At once: leaving the page is reason enough to keep it.
        await reader.reloads();
        await reader.canWrite();
        assert.equal(await reader.composer.inputValue(), 'Half a thought');
        await reader.sees(reader.postButton);
        await reader.button('Does it hum?', 'Reply').click();
        assert.equal(await reader.replyBox.inputValue(), 'Half an answer');
        await reader.posts();
        await reader.sees(reader.comment('Half a thought'));
        await reader.reloads();
        await reader.canWrite();
        assert.equal(await reader.composer.inputValue(), '', 'what was posted is no draft any more');
      });
    });

    it('takes what is typed before it is complete', async () => {
      let arrive;
      await on.visit(
        on.publish(await on.site()),
        async (reader) => {
          await reader.composer.click();
          await reader.page.keyboard.type('Early ');
          assert.equal(await reader.postButton.count(), 0);
          arrive();
          await reader.sees(reader.postButton);
          await reader.page.keyboard.type('bird');
          assert.equal(await reader.composer.inputValue(), 'Early bird', 'neither text nor focus is lost');
        },
        { prepare: async (reader) => (arrive = await reader.holds('**/write.js*')) },
      );
    });

    it('takes nothing more while it sends, so that nothing is lost', async () => {
      let answer;
      await on.visit(
        on.publish(await on.site()),
        async (reader) => {
          await reader.canWrite();
          await reader.writes('On its way.');
          await reader.posts();
          await reader.sees(reader.page.getByRole('button', { name: 'Posting…' }));
          assert.equal(await reader.composer.isEditable(), false);
          answer();
          await reader.sees(reader.comment('On its way.'));
          assert.equal(await reader.composer.isEditable(), true);
        },
        { prepare: async (reader) => (answer = await reader.holds('**/comments?')) },
      );
    });

    it('says so when its second half does not come, and tries again', async () => {
      let reachable = false;
      await on.visit(
        on.publish(await on.site()),
        async (reader) => {
          await reader.sees(reader.empty, reader.page.getByText('The server cannot be reached.'));
          reachable = true;
          await reader.page.getByRole('button', { name: 'Try again' }).click();
          await reader.canWrite();
        },
        {
          allowed: FAILED,
          prepare: (reader) =>
            reader.page.route('**/write.js*', (route) => (reachable ? route.continue() : route.abort())),
        },
      );
    });

    it('previews as the server would show it, and only the newest text', async () => {
      await on.visit(on.publish(await on.site()), async (reader) => {
        await reader.canWrite();
        await reader.composer.click();
        await reader.looksAtPreview();
        await reader.sees(reader.preview.getByText('There is nothing to preview yet.'));
        await reader.page.getByRole('tab', { name: 'Write' }).click();
        await reader.writes('It is **loud**, see https://hum.example.\n\n<script>alert(1)</script>');
        await reader.looksAtPreview();
        await reader.sees(reader.preview.locator('strong', { hasText: 'loud' }), reader.preview.getByRole('link'));
        assert.equal(await reader.preview.locator('script').count(), 0);
        assert.equal(await reader.composer.count(), 0, 'one of the two is shown');
        await reader.page.getByRole('tab', { name: 'Preview' }).press('ArrowLeft');
        await reader.hasFocus(reader.page.getByRole('tab', { name: 'Write' }));
        await reader.sees(reader.composer);
      });
    });

    it('has buttons and keys for Markdown, which can be undone, and a help', async () => {
      await on.visit(on.publish(await on.site()), async (reader) => {
        const { page, composer } = reader;
        await reader.canWrite();
        await reader.writes('make loud');
        const select = (from, to) => composer.evaluate((box, range) => box.setSelectionRange(...range), [from, to]);
        await select(5, 9);
        await page.getByRole('button', { name: 'Bold' }).click();
        assert.equal(await composer.inputValue(), 'make **loud**');
        await page.keyboard.press('Control+z');
        assert.equal(await composer.inputValue(), 'make loud');
        await select(5, 9);
        await page.keyboard.press('Control+i');
        assert.equal(await composer.inputValue(), 'make *loud*');
        await composer.fill('one\ntwo');
        await select(0, 7);
        await page.getByRole('button', { name: 'List' }).click();
        assert.equal(await composer.inputValue(), '- one\n- two');
        const help = page.getByRole('button', { name: 'Formatting help' });
        await help.click();
        assert.equal(await help.getAttribute('aria-expanded'), 'true');
        await reader.sees(page.getByText('**text**'), page.getByText('[text](https://)'));
      });
    });

    it('shows the owner’s notice, and asks for consent where he wants it', async () => {
      const site = await on.site({ notice: 'Be kind, and unplug it first.', consent: 'I have read the house rules.' });
      await on.visit(on.publish(site), async (reader) => {
        await reader.sees(reader.page.getByText('Be kind, and unplug it first.'));
        await reader.canWrite();
        await reader.writes('I have not.');
        await reader.posts();
        await reader.sees(reader.page.getByText('Please tick this box first.'));
        const consent = reader.page.getByRole('checkbox', { name: 'I have read the house rules.' });
        await reader.hasFocus(consent);
        await consent.check();
        await reader.posts();
        await reader.sees(reader.comment('I have not.'));
      });
    });

    it('is that of the one whom the site knows', async () => {
      const site = await on.site({ sign_in: 'offered', require_name: true });
      const word = await site.word({ sub: '42', name: 'Zoë Ŝan', email: 'zoe@example.org' });
      const page = on.publish(site, 'post', { snippet: site.snippetWith(`identity="${word}"`) });
      await on.visit(page, async (reader) => {
        await reader.canWrite();
        await reader.composer.focus();
        await reader.sees(reader.page.getByText('You write as Zoë Ŝan'));
        await reader.seesNo(reader.page.getByLabel('Email'));
        await reader.shot('embed-signed-in');
        await reader.writes('It hums.');
        await reader.posts();
        const comment = reader.page.getByRole('article', { name: 'Comment by Zoë Ŝan' });
        await reader.sees(comment.getByText('verified'));
        await reader.reloads();
        await reader.sees(comment.getByText('verified'));
        assert.equal(await comment.getByText('verified').count(), 1);
        assert.equal((await reader.kept(site)).author, undefined, 'what the site says is not kept');
      });
    });

    it('asks to sign in where nobody else may write, and takes the word when it comes', async () => {
      const site = await on.site({ sign_in: 'required' });
      const word = await site.word({ sub: '42', name: 'Ada' });
      await on.visit(on.publish(site), async (reader) => {
        await reader.canWrite();
        await reader.writes('It hums.');
        await reader.sees(reader.page.getByText('Sign in on this site to write.'));
        await reader.posts();
        assert.equal(await reader.composer.inputValue(), 'It hums.', 'what was typed stays');
        await reader.page.evaluate((word) => {
          document.querySelector('parlour-comments').setAttribute('identity', word);
        }, word);
        await reader.composer.blur();
        await reader.composer.focus();
        await reader.sees(reader.page.getByText('You write as Ada'));
        await reader.posts();
        await reader.sees(reader.page.getByRole('article', { name: 'Comment by Ada' }));
      });
    });

    it('complains at the fields, of what the page and of what the server found', async () => {
      const site = await on.site({ require_name: true, min_text_length: 5, max_text_length: 100 });
      await on.visit(
        on.publish(site),
        async (reader) => {
          const { page } = reader;
          await reader.canWrite();
          await reader.writes('Hm');
          await reader.posts();
          await reader.sees(
            page.getByText('Please write at least 5 characters.'),
            page.getByText('Please enter your name.'),
          );
          await reader.hasFocus(reader.composer);
          assert.equal(await reader.composer.getAttribute('aria-invalid'), 'true');

          await reader.writes('Hmmmmmm', 'Nora');
          await page.getByLabel('Email').fill('nora at home');
          await reader.posts();
          await reader.sees(page.getByText('This does not look like an email address.'));
          await reader.hasFocus(page.getByLabel('Email'));
          assert.equal(await reader.composer.inputValue(), 'Hmmmmmm');

          await reader.writes('a'.repeat(101));
          await reader.sees(page.getByText('1 character too many'));
          await page.getByLabel('Email').fill('');
          await reader.posts();
          await reader.sees(page.getByText('This is too long.'));
        },
        { allowed: FAILED },
      );
    });

    it('remembers who writes only if he wishes', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await on.visit(page, async (reader) => {
        await reader.sees(reader.composer);
        await reader.canWrite();
        assert.equal(await reader.kept(site), null, 'nothing is kept of who only reads');
        const name = reader.page.getByLabel('Name');
        const remember = reader.page.getByRole('checkbox', { name: 'Remember me on this device' });
        await reader.writes('One.', 'Nora');
        assert.equal(await remember.isChecked(), false);
        await reader.posts();
        await reader.sees(reader.comment('One.'));
        assert.equal((await reader.kept(site)).author, undefined);
        await reader.reloads();
        await reader.canWrite();
        await reader.writes('Two.');
        assert.equal(await name.inputValue(), '');

        await reader.writes('Two.', 'Nora');
        await remember.check();
        await reader.posts();
        await reader.sees(reader.comment('Two.'));
        await reader.reloads();
        await reader.canWrite();
        await reader.writes('Three.');
        assert.equal(await name.inputValue(), 'Nora');
        await remember.uncheck();
        await reader.posts();
        await reader.sees(reader.comment('Three.'));
        assert.equal((await reader.kept(site)).author, undefined, 'and forgets at once');
      });
    });

    it('works where the browser keeps nothing', async () => {
      await on.visit(
        on.publish(await on.site()),
        async (reader) => {
          await reader.canWrite();
          await reader.writes('From a private window.');
          await reader.posts();
          await reader.sees(reader.button('From a private window.', 'Edit'));
        },
        {
          prepare: (reader) =>
            reader.context.addInitScript(() => {
              const refuse = () => {
                throw new DOMException('The user has switched site data off.', 'SecurityError');
              };
              Object.defineProperty(window, 'localStorage', { get: refuse });
            }),
        },
      );
    });
  });

  describe('a post', () => {
    it('that fails keeps the text and says what to do; sent again, it is stored once', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await on.visit(
        page,
        async (reader) => {
          await reader.canWrite();
          // Whoever begins to write is given the words for a lost connection.
          const words = reader.page.waitForEvent('requestfinished', (request) => request.url().includes('/trouble.js'));
          await reader.writes('Only once, please.', 'Nora');
          await reader.sees(reader.page.getByRole('button', { name: 'Bold' }));
          await words;
          await reader.context.setOffline(true);
          await reader.posts();
          await reader.sees(reader.page.getByText('You seem to be offline.'));
          assert.equal(await reader.composer.inputValue(), 'Only once, please.');
          await reader.context.setOffline(false);

          // The server takes it, but the answer is lost on its way.
          await reader.page.route('**/comments?*', async (route) => {
            const answer = await route.fetch();
            assert.equal(answer.status(), 201);
            await route.abort();
          });
          await reader.posts();
          await reader.sees(reader.page.getByText('The server cannot be reached. Please try again in a moment.'));
          assert.equal(await reader.composer.inputValue(), 'Only once, please.');
          assert.equal((await site.thread(page)).comments.length, 1);

          await reader.page.unroute('**/comments?*');
          await reader.posts();
          await reader.sees(reader.button('Only once, please.', 'Edit'));
          assert.equal(await reader.composer.inputValue(), '');
          assert.equal(await reader.comments.count(), 1);
          assert.equal((await site.thread(page)).comments.length, 1, 'stored once');
        },
        { allowed: FAILED },
      );
    });

    it('to a thread that was closed in the meantime keeps the text', async () => {
      const site = await on.site({ live: false });
      const page = on.publish(site);
      await site.post(page, 'In time.');
      await on.visit(
        page,
        async (reader) => {
          await reader.canWrite();
          await reader.writes('Too late.');
          await site.changeThread(page, { closed: true });
          await reader.posts();
          await reader.sees(reader.page.getByText('Comments have been closed here in the meantime.'));
          assert.equal(await reader.composer.inputValue(), 'Too late.');
        },
        { allowed: FAILED },
      );
    });

    it('that waits for approval is for its author alone, until it is decided', async () => {
      const site = await on.site({ moderation: 'all' });
      const page = on.publish(site);
      await on.visit(page, async (reader) => {
        await reader.canWrite();
        await reader.writes('Wait for me.');
        await reader.sees(reader.page.getByText('Comments appear once they are approved.'));
        await reader.posts();
        await reader.sees(reader.waiting('Wait for me.'));
        await reader.hasFocus(reader.comment('Wait for me.'));
        await reader.sees(reader.page.getByText('Only you can see it until then.'));
        await on.visit(page, async (other) => {
          await other.canWrite();
          await other.sees(other.empty);
        });
        await reader.reloads();
        await reader.sees(reader.waiting('Wait for me.'));

        const { id } = (await reader.kept(site)).tokens.map(({ comment }) => ({ id: comment }))[0];
        await site.decide('publish', { id });
        // The reader need not do anything.
        await reader.seesNo(reader.waiting('Wait for me.'));
        await reader.sees(reader.comment('Wait for me.'));

        await reader.writes('Nobody needs radios.');
        await reader.posts();
        await reader.sees(reader.waiting('Nobody needs radios.'));
        const last = (await reader.kept(site)).tokens.at(-1).comment;
        await site.decide('reject', { id: last });
        await reader.reloads();
        await reader.sees(reader.comment('Nobody needs radios.').getByText('Not published'));
        await reader.button('Nobody needs radios.', 'Dismiss').click();
        await reader.seesNo(reader.comment('Nobody needs radios.'));
        await reader.reloads();
        await reader.sees(reader.comment('Wait for me.'));
        assert.equal(await reader.comment('Nobody needs radios.').count(), 0);
      });
    });

    it('says so when its rarer buttons do not come, and tries again', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await site.post(page, 'Does it hum?');
      await on.visit(
        page,
        async (reader) => {
          await reader.button('Does it hum?', 'More').click();
          const trouble = reader.comment('Does it hum?').getByText('The server cannot be reached.');
          await reader.sees(trouble);
          await reader.page.unroute('**/more.js*');
          await reader.button('Does it hum?', 'More').click();
          await reader.sees(reader.button('Does it hum?', 'Quote'));
          await reader.seesNo(trouble);
        },
        { allowed: FAILED, prepare: (reader) => reader.page.route('**/more.js*', (route) => route.abort()) },
      );
    });

    it('can quote what it answers: all of it, or what the reader selected', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await site.post(page, 'Two capacitors.\n\nOne resistor.');
      await on.visit(page, async (reader) => {
        await reader.button('Two capacitors.', 'More').click();
        await reader.button('Two capacitors.', 'Quote').click();
        await reader.hasFocus(reader.replyBox);
        assert.equal(await reader.replyBox.inputValue(), '> Two capacitors.\n> \n> One resistor.\n\n');
        await reader.page.keyboard.type('Which?');
        await reader.formOf(reader.replyBox).getByRole('button', { name: 'Post', exact: true }).click();
        const quote = reader.comment('Which?').locator('blockquote');
        await reader.sees(quote.getByText('One resistor.'));
        await reader.sees(reader.thread.locator('li li').filter({ hasText: 'Which?' }));
      });
    });
  });

  describe('one’s own comment', () => {
    it('can be changed, deleted and brought back', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await on.visit(page, async (reader) => {
        await reader.canWrite();
        await reader.writes('Teh **hum** is gone.', 'Nora');
        await reader.posts();
        await reader.button('hum is gone', 'Edit').click();
        const box = reader.page.getByRole('textbox', { name: 'Change your comment' });
        await reader.hasFocus(box);
        assert.equal(await box.inputValue(), 'Teh **hum** is gone.', 'the source');
        await box.fill('The **hum** is gone.');
        await box.press('Control+Enter');
        await reader.sees(reader.comment('The hum is gone.').getByText('(edited)'));
        await reader.hasFocus(reader.comment('The hum is gone.'));

        await reader.button('The hum is gone.', 'Delete').click();
        const undo = reader.page.getByRole('button', { name: 'Undo' });
        await reader.sees(reader.page.getByText('You deleted this comment.').first());
        await reader.hasFocus(undo);
        assert.equal((await site.thread(page)).comments.length, 0);
        await undo.press('Enter');
        await reader.sees(reader.button('The hum is gone.', 'Delete'));
        assert.equal((await site.thread(page)).comments.length, 1);

        // After a reload this browser still knows whose it is.
        await reader.reloads();
        await reader.button('The hum is gone.', 'Delete').click();
        await reader.sees(undo);
        await reader.reloads();
        await reader.sees(reader.empty);
      });
    });

    it('cannot be changed when its time is over, by anybody else, or where the site does not want it', async () => {
      const site = await on.site({ edit_minutes: 0 });
      const page = on.publish(site);
      await on.visit(page, async (reader) => {
        await reader.canWrite();
        await reader.writes('For ever.');
        await reader.posts();
        await reader.sees(reader.button('For ever.', 'Reply'));
        assert.equal(await reader.button('For ever.', 'Edit').count(), 0);
        assert.equal(await reader.button('For ever.', 'Delete').count(), 0);
        await site.set({ edit_minutes: 15 });
        await reader.writes('For a while.');
        await reader.posts();
        await reader.sees(reader.button('For a while.', 'Edit'));
        await on.visit(page, async (other) => {
          await other.sees(other.button('For a while.', 'Reply'));
          assert.equal(await other.button('For a while.', 'Edit').count(), 0);
        });
      });
    });
  });

  describe('votes and reactions', () => {
    it('a vote counts at once, is kept, can be changed and taken back; never one’s own', async () => {
      const site = await on.site();
      const page = on.publish(site);
      const remark = await site.post(page, 'Unplug it first.');
      const votes = async () => (await site.thread(page)).comments.find(({ id }) => id === remark.id).votes;
      await on.visit(page, async (reader) => {
        const up = reader.button('Unplug it first.', /^Vote up/);
        const down = reader.button('Unplug it first.', /^Vote down/);
        const shows = (button, name, pressed) =>
          reader.sees(
            reader.comment('Unplug it first.').getByRole('button', { name, exact: true, pressed }).and(button),
          );
        await up.click();
        await shows(up, 'Vote up: 1', true);
        await reader.hasFocus(up);
        await reader.page.waitForFunction(
          (key) => JSON.parse(localStorage.getItem(key))?.votes.length === 1,
          `parlour:${site.key}`,
        );
        await reader.reloads();
        await shows(up, 'Vote up: 1', true);
        await down.click();
        await shows(down, 'Vote down: 1', true);
        await shows(up, 'Vote up: 0', false);
        await reader.page.waitForFunction(
          (key) => JSON.parse(localStorage.getItem(key)).votes[0].value === -1,
          `parlour:${site.key}`,
        );
        assert.deepEqual(await votes(), { up: 0, down: 1 });
        await down.click();
        await shows(down, 'Vote down: 0', false);
        await reader.page.waitForFunction(
          (key) => JSON.parse(localStorage.getItem(key)).votes.length === 0,
          `parlour:${site.key}`,
        );
        assert.deepEqual(await votes(), { up: 0, down: 0 });

        await reader.writes('My own.');
        await reader.posts();
        const own = reader.button('My own.', /^Vote up/);
        assert.equal(await own.getAttribute('aria-disabled'), 'true');
        const asked = [];
        reader.page.on('request', (request) => asked.push(request.url()));
        await own.click({ force: true });
        await reader.sees(reader.button('My own.', 'Vote up: 0'));
        assert.deepEqual(
          asked.filter((url) => url.includes('/vote')),
          [],
        );
      });
    });

    it('a vote that fails is taken back before the reader’s eyes', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await site.post(page, 'Unplug it first.');
      await on.visit(
        page,
        async (reader) => {
          const up = reader.button('Unplug it first.', /^Vote up/);
          await up.waitFor();
          await reader.context.setOffline(true);
          await up.click();
          await reader.sees(reader.comment('Unplug it first.').getByText('The server cannot be reached.'));
          await reader.sees(reader.button('Unplug it first.', 'Vote up: 0'));
          assert.equal(await up.getAttribute('aria-pressed'), 'false');
        },
        { allowed: FAILED },
      );
    });

    it('likes alone, or none, as the site wishes', async () => {
      const site = await on.site({ votes: 'likes' });
      const page = on.publish(site);
      await site.post(page, 'Unplug it first.');
      await on.visit(page, async (reader) => {
        await reader.button('Unplug it first.', 'Like: 0').click();
        await reader.sees(reader.button('Unplug it first.', 'Like: 1'));
        assert.equal(await reader.button('Unplug it first.', /^Vote/).count(), 0);
      });
      await site.set({ votes: 'none' });
      await on.visit(page, async (reader) => {
        await reader.sees(reader.button('Unplug it first.', 'Reply'));
        assert.equal(await reader.button('Unplug it first.', /^(Like|Vote)/).count(), 0);
      });
    });

    it('reactions to the page are set and taken back', async () => {
      const site = await on.site({ reactions: ['👍', '🔌'] });
      const page = on.publish(site);
      await on.visit(page, async (reader) => {
        const plug = reader.page
          .getByRole('group', { name: 'Reactions to this page' })
          .getByRole('button', { name: '🔌' });
        await plug.click();
        await reader.sees(plug.filter({ hasText: '🔌 1' }));
        assert.equal(await plug.getAttribute('aria-pressed'), 'true');
        await reader.page.waitForFunction(
          (key) => JSON.parse(localStorage.getItem(key))?.votes.length === 1,
          `parlour:${site.key}`,
        );
        await reader.reloads();
        await reader.sees(plug.filter({ hasText: '🔌 1' }));
        assert.equal(await plug.getAttribute('aria-pressed'), 'true');
        await plug.click();
        await reader.sees(plug.filter({ hasText: '🔌 0' }));
      });
    });
  });

  it('a comment is reported with a reason; too many reports are asked to wait', async () => {
    const site = await on.site();
    const page = on.publish(site);
    const bad = await site.post(page, 'Buy very cheap capacitors.');
    await site.post(page, 'From me, too.');
    await on.visit(
      page,
      async (reader) => {
        const opensReport = async (text) => {
          await reader.button(text, 'More').click();
          await reader.button(text, 'Report').click();
          await reader.hasFocus(reader.page.getByRole('combobox', { name: 'What is wrong with this comment?' }));
        };
        await opensReport('Buy very cheap');
        await reader.page.keyboard.press('Escape');
        await reader.hasFocus(reader.button('Buy very cheap', 'More'));
        await reader.button('Buy very cheap', 'Report').click();
        await reader.page
          .getByRole('combobox', { name: 'What is wrong' })
          .selectOption({ label: 'It is abusive or hateful' });
        await reader.page.getByRole('textbox', { name: 'Anything else' }).fill('I feel cheap.');
        await reader.page.getByRole('button', { name: 'Send report' }).click();
        await reader.sees(reader.page.getByText('Thank you. The site’s team will look at it.'));
        const { reports } = await site.reports(bad);
        assert.deepEqual(
          reports.map(({ reason, note }) => [reason, note]),
          [['abuse', 'I feel cheap.']],
        );

        await opensReport('From me, too.');
        await reader.page.getByRole('button', { name: 'Send report' }).click();
        await reader.sees(
          reader.page.getByText(/^That was a lot in a short time\. Please try again in \d+ minutes\.$/),
        );
      },
      { allowed: FAILED },
    );
  });

  it('a comment’s link is copied', async () => {
    const site = await on.site();
    const page = on.publish(site);
    const { number } = await site.post(page, 'Worth a link.');
    const permissions = ['clipboard-read', 'clipboard-write'];
    await on.visit(
      page,
      async (reader) => {
        await reader.button('Worth a link.', 'More').click();
        await reader.button('Worth a link.', 'Copy link').click();
        await reader.sees(reader.comment('Worth a link.').getByText('The link is copied.'));
        assert.equal(await reader.page.evaluate(() => navigator.clipboard.readText()), `${page}#parlour-${number}`);
      },
      { permissions },
    );
  });
});
