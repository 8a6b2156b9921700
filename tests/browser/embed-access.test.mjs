// For everybody: by keyboard, by ear, in large letters, from right to left, on a small screen, in the reader's colours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audit } from './lib/axe.mjs';
import { stage } from './lib/stage.mjs';

const FAILED = /Failed to load resource/;

describe('for everybody', () => {
  const on = stage();

  /** A conversation with one of everything. */
  async function conversation(settings) {
    const site = await on.site({
      reactions: ['👍', '🔌'],
      notice: 'Be kind.',
      consent: 'I know the rules.',
      ...settings,
    });
    const page = on.publish(site);
    const root = await site.post(page, 'It **hums**:\n\n```\nhum()\n```\n\n> Hm.', {
      name: 'Ada',
      website: 'https://a.example',
    });
    await site.answer(root, '| a | b |\n|---|---|\n| 1 | 2 |');
    const gone = await site.post(page, 'I regret this.', { name: 'Ben' });
    await site.post(page, 'You should not. [Look](https://b.example)', { under: gone, name: 'Cleo' });
    await site.remove(gone);
    await site.post(page, Array(80).fill('It goes on.').join('\n\n'), { name: 'Dan' });
    await site.changeThread(page, { pinned: [root.id] });
    return { site, page };
  }

  describe('axe finds nothing', () => {
    for (const colorScheme of ['light', 'dark']) {
      it(`in any state, ${colorScheme}`, async () => {
        const { site, page } = await conversation();
        const options = { colorScheme, allowed: FAILED };
        await on.visit(
          on.publish(site),
          async (reader) => {
            await reader.canWrite();
            await audit(reader, 'empty');
          },
          options,
        );
        await on.visit(
          page,
          async (reader) => {
            const { page: screen } = reader;
            await reader.sees(reader.button('It hums', 'Reply'));
            await audit(reader, 'thread');
            await reader.composer.click();
            await screen.getByRole('button', { name: 'Formatting help' }).click();
            await audit(reader, 'composer and help');
            await reader.posts();
            await reader.sees(screen.getByText('Please write at least 2 characters.'));
            await audit(reader, 'complaints');
            await reader.writes('Is it **warm**?', 'Nora');
            await reader.looksAtPreview();
            await reader.sees(reader.preview.locator('strong', { hasText: 'warm' }));
            await audit(reader, 'preview');
            await screen.getByRole('tab', { name: 'Write' }).click();
            await screen.getByRole('checkbox', { name: 'I know the rules.' }).check();
            await reader.context.setOffline(true);
            await reader.posts();
            await reader.sees(screen.getByText('You seem to be offline.'));
            await audit(reader, 'a failed post');
            await reader.context.setOffline(false);
            await site.set({ moderation: 'all' });
            await reader.posts();
            await reader.sees(reader.waiting('Is it warm?'));
            await audit(reader, 'pending');
            await site.set({ moderation: 'none' });

            await reader.button('It hums', 'Reply').click();
            await audit(reader, 'reply');
            await screen.keyboard.press('Escape');
            await reader.button('It hums', /^Vote up/).click();
            await reader.sees(reader.button('It hums', 'Vote up: 1'));
            await reader.button('It hums', 'More').click();
            await reader.button('It hums', 'Report').click();
            await reader.sees(screen.getByRole('combobox', { name: 'What is wrong' }));
            await audit(reader, 'report');
            await screen.keyboard.press('Escape');

            await reader.button('Is it warm?', 'Edit').click();
            await reader.sees(screen.getByRole('textbox', { name: 'Change your comment' }));
            await audit(reader, 'edit');
            await screen.keyboard.press('Escape');
            await reader.button('Is it warm?', 'Delete').click();
            await reader.sees(screen.getByRole('button', { name: 'Undo' }));
            await audit(reader, 'deleted');

            await site.post(page, 'News.');
            await reader.sees(screen.getByRole('button', { name: 'Show 1 new comment' }));
            await audit(reader, 'news');
            await site.changeThread(page, { closed: true });
            await reader.sees(screen.getByText('Comments are closed.'));
            await audit(reader, 'closed');
          },
          options,
        );
        await on.visit(
          page,
          async (reader) => {
            await reader.sees(reader.page.getByRole('button', { name: 'Try again' }));
            await audit(reader, 'unreachable');
          },
          { ...options, prepare: (reader) => reader.page.route('**/thread?*', (route) => route.abort()) },
        );
      });
    }

    it('from right to left, and on a small screen', async () => {
      const { site, page } = await conversation();
      const arabic = on.publish(site, 'post', { lang: 'ar" dir="rtl', snippet: site.snippetWith(`url="${page}"`) });
      for (const [url, reply, options] of [
        [arabic, 'رد', {}],
        [page, 'Reply', { viewport: { width: 320, height: 640 } }],
      ]) {
        await on.visit(
          url,
          async (reader) => {
            const answer = reader.page.getByRole('button', { name: reply, exact: true }).first();
            await reader.sees(answer);
            await audit(reader, `${reply}: thread`);
            await reader.page.getByRole('textbox').first().click();
            await reader.page.getByRole('tab').nth(1).click();
            await audit(reader, `${reply}: preview`);
            await answer.click();
            await audit(reader, `${reply}: reply`);
          },
          options,
        );
      }
    });
  });

  it('the whole job by keyboard, with the focus always in sight', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, 'Does it hum?', { name: 'Ada' });
    await on.visit(page, async (reader) => {
      const { keyboard } = reader.page;
      const focused = () =>
        reader.page.evaluate(() => {
          const element = document.activeElement?.shadowRoot?.activeElement;
          if (!element) return true;
          const marked = element.matches('textarea') ? element.closest('.editor') : element;
          return getComputedStyle(marked).outlineStyle !== 'none';
        });
      /** Presses Tab until the focus is there. */
      async function tabTo(locator, key = 'Tab') {
        await locator.waitFor({ state: 'attached' });
        for (let presses = 0; presses < 60; presses += 1) {
          await keyboard.press(key);
          assert.ok(await focused(), 'what has the focus shows it');
          if (await locator.evaluate((element) => element.getRootNode().activeElement === element)) return;
        }
        assert.fail(`${locator} cannot be reached by ${key}`);
      }
      const says = (text) => reader.page.getByRole('status').filter({ hasText: text }).waitFor({ state: 'attached' });

      await reader.canWrite();
      await tabTo(reader.composer);
      await keyboard.type('It does not.');
      await reader.sees(reader.page.getByRole('button', { name: 'Bold' }));
      await tabTo(reader.page.getByRole('tab', { name: 'Write' }), 'Shift+Tab');
      await keyboard.press('ArrowRight');
      await reader.sees(reader.preview.getByText('It does not.'));
      await keyboard.press('ArrowLeft');
      await tabTo(reader.page.getByLabel('Name'));
      await keyboard.type('Nora');
      await tabTo(reader.page.getByRole('button', { name: 'Post', exact: true }));
      await keyboard.press('Enter');
      await reader.hasFocus(reader.comment('It does not.'));
      await says('Your comment is published.');

      await tabTo(reader.button('It does not.', 'Edit'));
      await keyboard.press('Enter');
      await reader.hasFocus(reader.page.getByRole('textbox', { name: 'Change your comment' }));
      await keyboard.press('Escape');
      await reader.seesNo(reader.page.getByRole('textbox', { name: 'Change your comment' }));
      await reader.comment('It does not.').focus();
      await tabTo(reader.button('It does not.', 'Delete'));
      await keyboard.press('Enter');
      await reader.hasFocus(reader.page.getByRole('button', { name: 'Undo' }));
      await keyboard.press('Enter');
      await reader.hasFocus(reader.comment('It does not.'));
      await says('Your comment is back.');

      const reply = reader.button('Does it hum?', 'Reply');
      await tabTo(reply, 'Shift+Tab');
      await keyboard.press('Enter');
      await reader.hasFocus(reader.replyBox);
      await keyboard.type('On Sundays');
      await keyboard.press('Escape');
      await reader.hasFocus(reply);
      await keyboard.press('Enter');
      await reader.hasFocus(reader.replyBox);
      assert.equal(await reader.replyBox.inputValue(), 'On Sundays', 'closing a form loses nothing');
      await keyboard.press('Control+Enter');
      await reader.hasFocus(reader.comment('On Sundays'));

      const vote = reader.button('Does it hum?', /^Vote up/);
      await tabTo(vote, 'Shift+Tab');
      await keyboard.press('Space');
      await reader.sees(reader.button('Does it hum?', 'Vote up: 1'));
      await reader.hasFocus(vote);
      await tabTo(reader.button('Does it hum?', 'More'));
      await keyboard.press('Enter');
      await tabTo(reader.button('Does it hum?', 'Report'));
      await keyboard.press('Enter');
      await reader.hasFocus(reader.page.getByRole('combobox', { name: 'What is wrong' }));
      await tabTo(reader.page.getByRole('button', { name: 'Send report' }));
      await keyboard.press('Enter');
      await reader.sees(reader.page.getByText('Thank you. The site’s team will look at it.').first());
      await reader.hasFocus(reader.button('Does it hum?', 'More'));

      await site.post(page, 'By somebody else.');
      await tabTo(reader.page.getByRole('button', { name: 'Show 1 new comment' }));
      await keyboard.press('Enter');
      await reader.hasFocus(reader.comment('By somebody else.'));
    });
  });

  describe('nothing is wider than the window', () => {
    async function opensEverything(reader) {
      await reader.sees(reader.button('It hums', 'Reply'));
      await reader.composer.click();
      await reader.page.getByRole('button', { name: 'Formatting help' }).click();
      await reader.button('It hums', 'Reply').click();
      await reader.button('It hums', 'More').click();
      await reader.button('It hums', 'Report').click();
      await reader.sees(reader.page.getByRole('combobox', { name: 'What is wrong' }));
      assert.ok((await reader.excess()) <= 0, 'the page');
      const wide = await reader.thread.evaluate((host) =>
        [...host.shadowRoot.querySelectorAll('button, input, select, textarea, p, a, header, footer')]
          .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 0.5)
          .filter((element) => !element.closest('pre, table, .unseen'))
          .map((element) => element.outerHTML.slice(0, 100)),
      );
      assert.deepEqual(wide, [], 'and nothing is cut off');
    }

    it('at 320 pixels, with replies within replies', async () => {
      const { site, page } = await conversation();
      let under;
      for (let depth = 0; depth < 9; depth += 1) under = await site.post(page, `So it goes, ${depth} deep`, { under });
      await on.visit(page, opensEverything, { viewport: { width: 320, height: 640 } });
      await on.visit(
        page,
        async (reader) => {
          const deep = reader.comment('So it goes, 8 deep');
          await reader.sees(deep);
          const width = await deep.locator('.body').evaluate((body) => body.getBoundingClientRect().width);
          assert.ok(width > 160, `there is room left to read in: ${width}`);
        },
        { viewport: { width: 320, height: 640 } },
      );
    });

    it('with letters of twice the size', async () => {
      const { page } = await conversation();
      await on.visit(
        page,
        async (reader) => {
          await opensEverything(reader);
          const size = await reader
            .comment('It hums')
            .locator('.body')
            .evaluate((body) => getComputedStyle(body).fontSize);
          assert.equal(size, '32px');
        },
        {
          viewport: { width: 640, height: 800 },
          // The reader's own choice in the browser.
          prepare: async (reader) => {
            const devtools = await reader.context.newCDPSession(reader.page);
            await devtools.send('Page.enable');
            await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
          },
        },
      );
    });
  });

  it('from right to left, everything is the other way round but code', async () => {
    const { site, page } = await conversation();
    const url = on.publish(site, 'post', { lang: 'ar" dir="rtl', snippet: site.snippetWith(`url="${page}"`) });
    await on.visit(url, async (reader) => {
      await reader.sees(reader.page.getByRole('button', { name: 'رد', exact: true }).first());
      const left = (selector) =>
        reader
          .comment('hums')
          .locator(selector)
          .first()
          .evaluate((element) => element.getBoundingClientRect().left);
      assert.ok((await left('.avatar')) > (await left('.author')), 'the avatar stands to the right');
      const ways = await reader
        .comment('hums')
        .locator('.body, pre')
        .evaluateAll((all) => all.map((element) => getComputedStyle(element).direction));
      assert.deepEqual(ways, ['ltr', 'ltr'], 'English text and code go their own way');
      assert.equal(await reader.comment('hums').locator('.body').getAttribute('dir'), 'auto');
      await reader.composer.or(reader.page.getByRole('textbox').first()).click();
      assert.ok((await reader.excess()) <= 0);
    });
  });

  it('in the reader’s own colours, outlines and words still say what colour said', async () => {
    const { page } = await conversation();
    await on.visit(
      page,
      async (reader) => {
        await reader.sees(reader.button('It hums', 'Reply'));
        await reader.composer.click();
        const system = await reader.page.evaluate(() => {
          const probe = document.body.appendChild(document.createElement('p'));
          const color = (name) => {
            probe.style.color = name;
            return getComputedStyle(probe).color;
          };
          return { text: color('CanvasText'), button: color('ButtonText') };
        });
        const look = (locator, ...ways) =>
          locator.evaluate((element, all) => all.map((way) => getComputedStyle(element)[way]), ways);
        assert.deepEqual(await look(reader.comment('It hums').locator('.body'), 'color'), [system.text]);
        assert.deepEqual(await look(reader.postButton, 'borderTopStyle', 'borderTopWidth'), ['solid', '1px']);
        await reader.button('It hums', /^Vote up/).press('Enter');
        await reader.sees(reader.button('It hums', 'Vote up: 1'));
        assert.deepEqual(await look(reader.button('It hums', 'Vote up: 1'), 'fontWeight', 'outlineStyle'), [
          '600',
          'solid',
        ]);
        const stubborn = await reader.thread.evaluate(
          (host) =>
            [...host.shadowRoot.querySelectorAll('*')].filter(
              (one) => getComputedStyle(one).forcedColorAdjust === 'none',
            ).length,
        );
        assert.equal(stubborn, 0);
      },
      { forcedColors: 'active' },
    );
  });

  it('nothing moves by itself', async () => {
    const { page } = await conversation();
    let answer;
    await on.visit(
      page,
      async (reader) => {
        const moving = () =>
          reader.thread.evaluate((host) =>
            host.shadowRoot
              .getAnimations()
              .flatMap(({ effect }) => effect.getKeyframes().flatMap((frame) => Object.keys(frame)))
              .filter((property) => !['opacity', 'offset', 'easing', 'composite', 'computedOffset'].includes(property)),
          );
        await reader.sees(reader.page.getByRole('status').filter({ hasText: 'Loading…' }));
        assert.deepEqual(await moving(), [], 'the word for loading only fades in');
        answer();
        await reader.button('It hums', 'Reply').click();
        assert.deepEqual(await moving(), []);
      },
      { reducedMotion: 'reduce', prepare: async (reader) => (answer = await reader.holds('**/thread?*')) },
    );
  });
});
