// Reading: what is shown, in which order, and how one gets through a long conversation.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stage } from './lib/stage.mjs';

const numbered = (count, what = 'Remark') => Array.from({ length: count }, (_, index) => `${what} no. ${index + 1}.`);

describe('reading', () => {
  const on = stage();

  it('an empty thread says so, and invites', async () => {
    const page = on.publish(await on.site());
    await on.visit(page, async (reader) => {
      await reader.sees(reader.empty, reader.composer);
      assert.equal(await reader.title.innerText(), 'Comments');
      assert.equal(await reader.thread.getByRole('combobox').count(), 0, 'nothing to put in order');
    });
  });

  it('replies stand under what they answer; deeper than the setting they say whom they answer', async () => {
    const site = await on.site({ max_depth: 2 });
    const page = on.publish(site);
    const root = await site.post(page, 'It hums again.', { name: 'Ada' });
    const first = await site.post(page, 'At which pitch?', { name: 'Ben', under: root });
    const second = await site.post(page, 'Close to F sharp.', { name: 'Ada', under: first });
    const third = await site.post(page, 'Then it is the mains.', { name: 'Cleo', under: second });
    await site.post(page, 'Three times the mains, even.', { name: 'Dan', under: third });
    await site.post(page, 'Mine never hummed.', { name: 'Eve' });

    await on.visit(page, async (reader) => {
      await reader.sees(reader.comment('Mine never hummed.'));
      const depths = await reader.thread.locator('.comment').evaluateAll((articles) =>
        articles.map((article) => {
          let depth = -1;
          for (let at = article; (at = at.parentElement?.closest('li'));) depth += 1;
          return [depth, article.querySelector('.author').textContent];
        }),
      );
      assert.deepEqual(depths, [
        [0, 'Ada'],
        [1, 'Ben'],
        [2, 'Ada'],
        [3, 'Cleo'],
        [4, 'Dan'],
        [0, 'Eve'],
      ]);
      const left = (text) => reader.comment(text).evaluate((article) => article.getBoundingClientRect().left);
      const indents = [];
      for (const text of ['It hums', 'At which', 'Close to', 'the mains.', 'Three times'])
        indents.push(await left(text));
      assert.ok(indents[0] < indents[1] && indents[1] < indents[2], 'each level stands further in');
      assert.deepEqual(new Set(indents.slice(2)).size, 1, 'down to the setting');
      await reader.sees(reader.comment('Then it is the mains.').getByText('in reply to Ada'));
      await reader.sees(reader.comment('Three times the mains').getByText('in reply to Cleo'));
      assert.equal(await reader.comment('At which pitch?').getByText('in reply to').count(), 0);
      assert.equal(await reader.title.innerText(), '6 comments');
    });
  });

  it('badges, names, websites, tombstones', async () => {
    const site = await on.site();
    const page = on.publish(site);
    const lost = await site.post(page, 'I regret this.', { name: 'Gus' });
    await site.post(page, 'You should not.', { under: lost });
    const pinned = await site.post(page, 'Unplug it before you open it.', {
      name: 'Hal',
      website: 'https://hal.example/',
    });
    await site.answer(pinned, 'And wait for a minute.');
    const changed = await site.post(page, 'Use a 47 capacitor.', { name: 'Ida' });
    await site.edit(changed, 'Use a 47 µF capacitor.');
    await site.remove(lost);
    await site.changeThread(page, { pinned: [pinned.id] });

    await on.visit(page, async (reader) => {
      await reader.sees(reader.comment('And wait for a minute.').getByText('Team'));
      assert.deepEqual(await reader.order(), [
        'Unplug it before you open it.',
        'And wait for a minute.',
        'You should not.',
        'Use a 47 µF capacitor.',
      ]);
      await reader.sees(reader.comment('Unplug it').getByText('Pinned'), reader.comment('µF').getByText('(edited)'));
      const website = reader.comment('Unplug it').getByRole('link', { name: 'Hal' });
      assert.equal(await website.getAttribute('href'), 'https://hal.example/');
      assert.match(await website.getAttribute('rel'), /nofollow/);
      await reader.sees(reader.page.getByRole('article', { name: 'This comment was removed.' }));
      assert.equal(await reader.page.getByText('Gus').count(), 0, 'his name is gone, too');
      await reader.sees(reader.page.getByRole('article', { name: 'Comment by Anonymous' }));
    });
  });

  it('“load more” keeps the place, and leads the keyboard to what came', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.postAll(page, numbered(60));
    await on.visit(page, async (reader) => {
      const last = reader.comment('Remark no. 50.');
      await reader.sees(last);
      await reader.canWrite();
      const more = reader.page.getByRole('button', { name: 'Load more comments' });
      await more.scrollIntoViewIfNeeded();
      const before = await reader.top(last);
      await more.press('Enter');
      await reader.hasFocus(reader.comment('Remark no. 51.'));
      assert.equal(await reader.top(last), before, 'nothing moved');
      await reader.seesNo(more);
      assert.deepEqual(await reader.order(), numbered(60));
    });
  });

  it('many replies come in parts', async () => {
    const site = await on.site();
    const page = on.publish(site);
    const root = await site.post(page, 'What did you repair last?');
    await site.postAll(page, numbered(55, 'Lamp'), { under: root });
    await site.post(page, 'Another subject.');
    await on.visit(page, async (reader) => {
      const more = reader.page.getByRole('button', { name: 'Show 5 more replies' });
      await reader.canWrite();
      await more.scrollIntoViewIfNeeded();
      const above = reader.comment('Lamp no. 50.');
      const before = await reader.top(above);
      await more.press('Enter');
      await reader.hasFocus(reader.comment('Lamp no. 51.'));
      assert.equal(await reader.top(above), before, 'nothing moved');
      await reader.seesNo(more);
      assert.deepEqual(await reader.order(), [
        'What did you repair last?',
        ...numbered(55, 'Lamp'),
        'Another subject.',
      ]);
    });
  });

  it('all orders', async () => {
    const site = await on.site({ sort: 'newest' });
    const page = on.publish(site);
    const [plain, liked, disputed] = await site.postAll(page, ['Plain.', 'Liked.', 'Disputed.', 'Late.']);
    for (const value of [1, 1, 1]) await site.vote(liked, value);
    for (const value of [1, 1, 1, -1, -1]) await site.vote(disputed, value);
    await site.postAll(page, ['One.', 'Two.'], { under: plain });
    const replies = ['One.', 'Two.'];
    await on.visit(page, async (reader) => {
      const roots = async () => (await reader.order()).filter((text) => !replies.includes(text));
      const order = reader.page.getByRole('combobox', { name: 'Order' });
      await reader.sees(order);
      assert.equal(await order.inputValue(), 'newest', 'the site’s setting');
      // Each begins with another comment than the one before, by which one sees that it has come.
      const expected = {
        oldest: ['Plain.', 'Liked.', 'Disputed.', 'Late.'],
        best: ['Liked.', 'Disputed.'],
        discussed: ['Plain.'],
        newest: ['Late.', 'Disputed.', 'Liked.', 'Plain.'],
      };
      for (const [sort, first] of Object.entries(expected)) {
        await order.selectOption(sort);
        await reader.page.waitForFunction(
          ([text, all]) => {
            const bodies = [...document.querySelector('parlour-comments').shadowRoot.querySelectorAll('.list .body')];
            return bodies.length === all && bodies[0].textContent.includes(text);
          },
          [first[0], 6],
        );
        assert.deepEqual((await roots()).slice(0, first.length), first, sort);
      }
      assert.deepEqual(await reader.order(), ['Late.', 'Disputed.', 'Liked.', 'Plain.', 'One.', 'Two.']);
    });
    await on.visit(
      on.publish(site, 'post', { snippet: site.snippetWith(`url="${page}" sort="oldest"`) }),
      async (reader) => {
        await reader.sees(reader.comment('Late.'));
        assert.equal((await reader.order())[0], 'Plain.', 'the element’s attribute goes before the setting');
      },
    );
  });

  describe('a permalink', () => {
    it('opens a far page at its comment, in one request; around it one goes both ways', async () => {
      const site = await on.site();
      const page = on.publish(site);
      const remarks = await site.postAll(page, numbered(130));
      const { number } = await site.post(page, 'A reply to the hundredth.', { under: remarks[99] });

      const asked = [];
      const reader = await on.reader();
      reader.page.on('request', (request) => /\/thread\?/.test(request.url()) && asked.push(request.url()));
      await reader.opens(`${page}#parlour-${number}`);
      const target = reader.comment('A reply to the hundredth.');
      await reader.hasFocus(target);
      await reader.page.waitForFunction(
        (one) => one.getBoundingClientRect().top > 0 && one.getBoundingClientRect().bottom < innerHeight,
        await target.elementHandle(),
      );
      assert.deepEqual(
        asked.map((url) => new URL(url).searchParams.get('around')),
        [String(number)],
      );
      assert.equal(await target.evaluate((article) => getComputedStyle(article).outlineStyle), 'solid', 'it is marked');

      await reader.canWrite();
      const earlier = reader.page.getByRole('button', { name: 'Load earlier comments' });
      const first = (await reader.order())[0];
      assert.notEqual(first, 'Remark no. 1.');
      await earlier.scrollIntoViewIfNeeded();
      const anchor = reader.comment(first);
      const before = await reader.top(anchor);
      await earlier.press('Enter');
      await reader.page.waitForFunction(
        (text) =>
          document.querySelector('parlour-comments').shadowRoot.querySelector('.list .body').textContent !== text,
        first,
      );
      assert.ok(Math.abs((await reader.top(anchor)) - before) < 1, 'what was read stays where it was');
      await on.assertDiscreet(reader);
    });

    it('is followed on the page, and says when its comment is gone', async () => {
      const site = await on.site();
      const page = on.publish(site);
      const remarks = await site.postAll(page, numbered(120));
      await on.visit(page, async (reader) => {
        await reader.sees(reader.comment('Remark no. 1.'));
        await reader.page.evaluate((hash) => (location.hash = hash), `#parlour-${remarks[109].number}`);
        await reader.hasFocus(reader.comment('Remark no. 110.'));
        await reader.page.evaluate(() => (location.hash = '#parlour-99999'));
        await reader.sees(reader.page.getByText('This comment is no longer here.'));
        const link = reader.comment('Remark no. 110.').or(reader.comments.first()).locator('a.permalink').first();
        assert.match(await link.getAttribute('href'), new RegExp(`^${page}#parlour-\\d+$`));
      });
    });

    it('leads on to the page that its comment was taken to', async () => {
      const site = await on.site();
      const [page, other] = [on.publish(site), on.publish(site)];
      const [moved, here] = await site.postAll(page, ['It hums.', 'It is warm.']);
      await site.split(moved, page, other);
      await on.visit(`${page}#parlour-${moved.number}`, async (reader) => {
        const link = reader.page.getByRole('link', { name: `${other}#parlour-${moved.number}` });
        await reader.sees(reader.page.getByText('This comment is no longer here.'), link);
        await reader.page.evaluate((hash) => (location.hash = hash), `#parlour-${here.number}`);
        await reader.hasFocus(reader.comment('It is warm.'));
        assert.equal(await link.count(), 0);
        await reader.page.goBack();
        await link.click();
        await reader.hasFocus(reader.comment('It hums.'));
      });
    });
  });

  it('long comments fold, code scrolls by itself and by keyboard', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, numbered(60).join('\n\n'));
    await site.post(page, `Look:\n\n\`\`\`js\n${'hum.stop(); '.repeat(60)}\n\`\`\`\n\n- a list`);
    await on.visit(page, async (reader) => {
      const long = reader.comment('Remark no. 1.');
      const unfold = long.getByRole('button', { name: 'Show more' });
      await reader.sees(unfold);
      assert.equal(await unfold.getAttribute('aria-expanded'), 'false');
      const height = () => long.evaluate((article) => article.getBoundingClientRect().height);
      const folded = await height();
      await unfold.press('Enter');
      const fold = long.getByRole('button', { name: 'Show less' });
      assert.equal(await fold.getAttribute('aria-expanded'), 'true');
      assert.ok((await height()) > 2 * folded);
      await fold.press('Enter');
      assert.equal(await height(), folded);

      const list = reader.comment('Look:').getByRole('list');
      assert.equal(await list.evaluate((ul) => getComputedStyle(ul).listStyleType), 'disc');
      const code = reader.comment('Look:').locator('pre');
      assert.equal(await code.locator('code').getAttribute('class'), 'language-js');
      assert.ok(await code.evaluate((pre) => pre.scrollWidth > pre.clientWidth), 'the code is wider than its box');
      assert.ok((await reader.excess()) <= 0, 'the page is not wider than the window');
      await code.focus();
      await reader.page.keyboard.press('ArrowRight');
      await reader.page.waitForFunction((pre) => pre.scrollLeft > 0, await code.elementHandle());
      assert.equal(await reader.comment('Look:').getByRole('button', { name: 'Show more' }).count(), 0);
    });
  });

  it('times are said in words that stay true while the page is open', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, 'Just said.');
    const reader = await on.reader();
    await reader.page.clock.install();
    await reader.opens(page);
    const time = reader.comment('Just said.').locator('time');
    await reader.sees(time);
    await reader.page.clock.runFor('02:00:30');
    await reader.sees(time.filter({ hasText: '2 hours ago' }));
    assert.match(await time.getAttribute('title'), /20\d\d/, 'the whole date is there for those who point at it');
  });

  it('closed, too old, read-only, locked: each says why nothing can be written', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, 'While one could.');
    const says = (words, also = async () => {}) =>
      on.visit(page, async (reader) => {
        await reader.sees(reader.comment('While one could.'), reader.page.getByText(words));
        assert.equal(await reader.composer.count(), 0);
        assert.equal(await reader.button('While one could.', 'Reply').count(), 0);
        await also(reader);
      });
    await site.changeThread(page, { closed: true });
    await says('Comments are closed.');
    await site.changeThread(page, { closed: false, locked: true });
    await says('This conversation is locked.', async (reader) => {
      const vote = reader.button('While one could.', /^Vote up/);
      assert.equal(await vote.getAttribute('aria-disabled'), 'true');
    });
    await site.changeThread(page, { locked: false });
    await site.set({ read_only: true });
    await says('New comments are not taken at the moment.');
  });

  it('other readers’ counts: words in links, numbers elsewhere, and what was said last', async () => {
    const site = await on.site();
    const [radio, lamp] = [on.publish(site), on.publish(site)];
    await site.postAll(radio, ['A **bold** remark.', 'Another.']);
    await site.post(lamp, 'On the lamp.', { title: 'The lamp' });
    const script = site.snippet.split('\n')[0];
    const snippet = `${script.replace('embed.js', 'count.js')}
      <a href="${radio}#parlour-comments">Comments</a> <a href="${lamp}#parlour-comments">Comments</a>
      <parlour-count url="${radio}"></parlour-count> <span data-parlour-count="nothing-yet">?</span>
      ${script} <parlour-recent limit="2"></parlour-recent>`;
    await on.visit(on.publish(site, 'front', { snippet }), async (reader) => {
      await reader.sees(
        reader.page.getByRole('link', { name: '2 comments', exact: true }),
        reader.page.getByRole('link', { name: '1 comment', exact: true }),
        reader.page.locator('parlour-count', { hasText: /^2$/ }),
        reader.page.locator('[data-parlour-count]', { hasText: /^0$/ }),
      );
      const recent = reader.page.locator('parlour-recent').getByRole('listitem');
      await reader.sees(recent.first());
      assert.equal(await recent.count(), 2);
      await reader.sees(recent.nth(0).getByText('On the lamp.'), recent.nth(0).getByText('The lamp', { exact: true }));
      const link = recent.nth(1).getByRole('link');
      assert.match(await link.getAttribute('href'), new RegExp(`^${radio}#parlour-\\d+$`));
      await link.click();
      await reader.hasFocus(reader.comment('Another.'));
    });
    await on.visit(on.publish(site, 'front', { snippet, lang: 'pl' }), async (reader) => {
      await reader.sees(reader.page.getByRole('link', { name: '2 komentarze', exact: true }));
    });
    // What is no language tag is taken for what it is meant to be, or else for English.
    for (const [lang, name] of [
      ['pl_PL', '2 komentarze'],
      ['x', '2 comments'],
    ]) {
      await on.visit(on.publish(site, 'front', { snippet, lang }), async (reader) => {
        await reader.sees(reader.page.getByRole('link', { name, exact: true }));
      });
    }
  });
});
