// Pages that were made for Isso, with our client in its place: the same snippet, elements, classes and names.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audit } from './lib/axe.mjs';
import { stage } from './lib/stage.mjs';
import { until } from './lib/until.mjs';

const FAILED = /Failed to load resource/;

describe('in Isso’s clothes', () => {
  const on = stage();

  const rootOf = (site) => `${site.server}/isso/${site.key}/`;

  /** What stands in pages that were made for Isso. */
  function snippet(site, { script = '', thread = '', head = '' } = {}) {
    const root = rootOf(site);
    return `${head}<script data-isso="${root}" src="${root}js/embed.min.js" ${script}></script>
<section id="isso-thread" ${thread}></section>`;
  }

  const publish = (site, attributes, options) => on.blog.publish('post', snippet(site, attributes), options);

  const at = (reader, selector) => reader.page.locator(selector);
  const comment = (reader, text) => at(reader, '.isso-comment').filter({ hasText: text }).last();
  const texts = (reader) => at(reader, '#isso-root .isso-text').allInnerTexts();
  const box = (reader) => at(reader, '#isso-thread > .isso-postbox');
  const canWrite = (reader) => box(reader).locator('input[type=submit]').waitFor();

  async function writes(reader, text, { author, within = box(reader) } = {}) {
    await within.locator('.isso-textarea').fill(text);
    if (author) await within.locator('[name=author]').fill(author);
    await within.locator('input[type=submit]').click();
  }

  describe('reading', () => {
    it('takes one request, and has the elements that pages style', async () => {
      const site = await on.site();
      const page = publish(site);
      const root = await site.post(page, 'Does it **hum**?', { name: 'Ada', website: 'https://a.example' });
      const answer = await site.post(page, 'It does.', { name: 'Ben', under: root });
      await site.post(page, 'Not here.', { name: 'Cleo', under: answer });
      const asked = [];
      await on.visit(
        page,
        async (reader) => {
          await canWrite(reader);
          assert.equal(await at(reader, 'h4.isso-thread-heading').innerText(), '3 comments');
          const path = `#isso-root > #isso-${root.number}.isso-comment[data-hash]`;
          await reader.sees(
            at(reader, `${path} > .isso-avatar > svg`),
            at(
              reader,
              `${path} > .isso-text-wrapper > .isso-comment-header > a.isso-author[href="https://a.example/"]`,
            ),
            at(
              reader,
              `${path} > .isso-text-wrapper > .isso-comment-header > a.isso-permalink > time[datetime][title]`,
            ),
            at(reader, `${path} > .isso-text-wrapper > .isso-text strong`),
            at(reader, `${path} > .isso-text-wrapper > .isso-comment-footer > a.isso-upvote`),
            at(reader, `${path} > .isso-text-wrapper > .isso-comment-footer > a.isso-downvote`),
            at(reader, `${path} > .isso-text-wrapper > .isso-comment-footer > a.isso-reply`),
            at(reader, `${path} > .isso-follow-up > #isso-${answer.number}.isso-comment`),
            at(
              reader,
              '#isso-thread > .isso-postbox > .isso-form-wrapper > .isso-textarea-wrapper > textarea.isso-textarea',
            ),
            at(reader, '.isso-auth-section > p.isso-input-wrapper > input#isso-postbox-author[name=author]'),
            at(reader, '.isso-auth-section > p.isso-post-action > input[type=submit]'),
            at(reader, '#isso-thread > .isso-feedlink > a'),
          );
          const hash = await at(reader, path).getAttribute('data-hash');
          assert.match(hash, /^[0-9a-f]{12}$/);
          // One level is shown, in the order of the conversation, and it is said who is answered.
          assert.deepEqual(await texts(reader), ['Does it hum?', 'It does.', 'Not here.']);
          assert.equal(await at(reader, `${path} > .isso-follow-up > .isso-comment`).count(), 2);
          assert.equal(await comment(reader, 'Not here.').locator('.isso-parent').innerText(), 'in reply to Ben');
          const reads = asked.filter(({ url }) => url.includes('/v1/thread'));
          assert.equal(reads.length, 1);
          assert.equal(reads[0].method, 'GET');
          assert.ok(!asked.some(({ method }) => method === 'OPTIONS'));
          assert.equal((await fetch(await at(reader, '.isso-feedlink a').getAttribute('href'))).status, 200);
          await reader.shot('isso-reading');
        },
        {
          prepare: (reader) =>
            reader.page.on('request', (request) => asked.push({ url: request.url(), method: request.method() })),
        },
      );
    });

    it('hides what is beyond the page’s numbers, and shows it by a click', async () => {
      const site = await on.site();
      const script = 'data-isso-max-comments-top="2" data-isso-max-comments-nested="1" data-isso-reveal-on-click="2"';
      const page = publish(site, { script });
      const roots = await site.postAll(page, ['One', 'Two', 'Three', 'Four', 'Five']);
      for (const text of ['One a', 'One b', 'One c']) await site.post(page, text, { under: roots[0] });
      await on.visit(page, async (reader) => {
        await reader.sees(at(reader, '#isso-loader-null > a.isso-load-hidden'));
        assert.deepEqual(await texts(reader), ['One', 'One a', 'Two']);
        assert.equal(await at(reader, '#isso-loader-null').innerText(), 'Load more comments (3)');
        const replies = at(reader, `#isso-loader-${roots[0].number} > .isso-load-hidden`);
        assert.equal(await replies.innerText(), 'Show 2 more replies');
        await replies.click();
        await reader.sees(comment(reader, 'One c'));
        await at(reader, '#isso-loader-null > a').press('Enter');
        await reader.sees(comment(reader, 'Four'));
        assert.equal(await at(reader, '#isso-loader-null').innerText(), 'Load more comments (1)');
        await at(reader, '#isso-loader-null > a').press('Space');
        await reader.sees(comment(reader, 'Five'));
        await reader.seesNo(at(reader, '#isso-loader-null'));
      });
    });

    it('goes where an anchor leads, also to what is hidden or not loaded', async () => {
      const site = await on.site();
      const page = publish(site, { script: 'data-isso-max-comments-top="2" data-isso-max-comments-nested="1"' });
      const roots = await site.postAll(
        page,
        Array.from({ length: 30 }, (_, at) => `Number ${at + 1}.`),
      );
      await site.post(page, 'Seen.', { under: roots[28] });
      const hidden = await site.post(page, 'Hidden.', { under: roots[28] });
      await on.visit(`${page}#isso-${hidden.number}`, async (reader) => {
        await reader.sees(at(reader, `#isso-${hidden.number} > .isso-text-wrapper.isso-target`));
        await reader.hasFocus(comment(reader, 'Hidden.').locator('> .isso-text-wrapper'));
        // To one that is further up.
        await reader.page.evaluate((number) => (location.hash = `#isso-${number}`), roots[3].number);
        await reader.sees(at(reader, `#isso-${roots[3].number} > .isso-text-wrapper.isso-target`));
        assert.equal(await at(reader, '.isso-target').count(), 1);
        await reader.page.evaluate(() => (location.hash = '#isso-999999'));
        await reader.sees(reader.page.getByText('This comment is no longer here.'));
      });
    });

    it('has links in the colour of the text, where the page says nothing of them', async () => {
      const page = publish(await on.site());
      await on.visit(page, async (reader) => {
        const link = at(reader, '.isso-feedlink a');
        await reader.sees(link);
        const colours = await link.evaluate((a) => [a, a.closest('#isso-thread')].map((one) => getComputedStyle(one).color));
        assert.equal(colours[0], colours[1]);
      });
    });

    it('leaves a place where a comment was that has replies', async () => {
      const site = await on.site();
      const page = publish(site);
      const gone = await site.post(page, 'I regret this.', { name: 'Ben' });
      await site.post(page, 'You should not.', { under: gone });
      await site.remove(gone);
      await on.visit(page, async (reader) => {
        await reader.sees(comment(reader, 'You should not.'));
        assert.equal(
          await at(reader, `#isso-${gone.number} .isso-note`).first().innerText(),
          'This comment was removed.',
        );
        assert.equal(await at(reader, `#isso-${gone.number}`).getAttribute('data-hash'), '');
      });
    });
  });

  describe('attributes', () => {
    it('name the conversation, order it, and say who wrote the page', async () => {
      const site = await on.site();
      const page = publish(site, { thread: 'data-isso-id="/radio" data-title="The radio"' });
      await on.visit(page, async (reader) => {
        await canWrite(reader);
        await writes(reader, 'First.', { author: 'Walt' });
        await reader.sees(comment(reader, 'First.'));
        const hash = await comment(reader, 'First.').getAttribute('data-hash');
        const { thread } = await site.threadById('/radio');
        assert.equal(thread.key, 'id:/radio');
        assert.equal(thread.title, 'The radio');
        await writes(reader, 'Second.', { author: 'Walt' });
        await reader.sees(comment(reader, 'Second.'));
        const script = `data-isso-sorting="newest" data-isso-page-author-hashes="000000000000,${hash}" data-isso-avatar="false"`;
        await reader.opens(publish(site, { script, thread: 'data-isso-id="/radio"' }));
        await reader.sees(comment(reader, 'First.'));
        assert.deepEqual(await texts(reader), ['Second.', 'First.']);
        assert.equal(await at(reader, '.isso-comment.isso-is-page-author').count(), 2);
        assert.equal(await at(reader, '.isso-page-author-suffix').first().innerText(), 'Author');
        assert.equal(await at(reader, '.isso-avatar').count(), 0);
      });
    });

    it('replace texts in the language that is spoken, in its forms', async () => {
      const site = await on.site();
      const script = `data-isso-lang="pt_BR" data-isso-postbox-submit-text-pt_BR="Mandar" data-isso-postbox-submit-text-en="No"
        data-isso-num-comments-text-pt-br="Um só\\n{{ n }} vozes" data-isso-date-now-text-pt_br="agorinha"`;
      const page = publish(site, { script });
      await site.postAll(page, ['Um.', 'Dois.']);
      await on.visit(page, async (reader) => {
        await canWrite(reader);
        assert.equal(await box(reader).locator('[type=submit]').inputValue(), 'Mandar');
        assert.equal(await at(reader, '.isso-thread-heading').innerText(), '2 vozes');
        assert.equal(await at(reader, '.isso-permalink time').first().innerText(), 'agorinha');
        assert.equal(await at(reader, '#isso-thread').getAttribute('lang'), 'pt-BR');
      });
    });

    it('leave out votes and the style sheet, or name another', async () => {
      const site = await on.site();
      const script = 'data-isso-vote="false" data-isso-css="false"';
      const page = publish(site, { script });
      await site.post(page, 'No votes.');
      await on.visit(page, async (reader) => {
        await reader.sees(comment(reader, 'No votes.').locator('.isso-reply'));
        assert.equal(await at(reader, '.isso-upvote').count(), 0);
        assert.equal(await at(reader, '#isso-style').count(), 0);
        await reader.opens(publish(site, { script: 'data-isso-css-url="/post.css"' }));
        assert.equal(await at(reader, '#isso-style').getAttribute('href'), '/post.css');
      });
    });

    it('speak each of Isso’s languages', async () => {
      const site = await on.site();
      const said = { gl: 'Responder', oc: 'Respondre', el_GR: 'Απάντηση', ZH_cn: '回复', ar: 'رد' };
      for (const [lang, reply] of Object.entries(said)) {
        const page = publish(site, { script: `data-isso-lang="${lang}"` });
        await site.post(page, 'Hm.');
        await on.visit(page, async (reader) => {
          await reader.sees(at(reader, '.isso-reply').filter({ hasText: reply }));
          const direction = await at(reader, '#isso-thread').evaluate((element) => getComputedStyle(element).direction);
          assert.equal(direction, lang === 'ar' ? 'rtl' : 'ltr');
        });
      }
    });
  });

  describe('writing', () => {
    it('posts, answers, previews, and remembers under Isso’s names', async () => {
      const site = await on.site();
      const page = publish(site);
      await on.visit(page, async (reader) => {
        await reader.page.evaluate(() => {
          localStorage.setItem('isso-author', '"Ada"');
          localStorage.setItem('isso-email', 'null');
        });
        await reader.reloads();
        await canWrite(reader);
        assert.equal(await box(reader).locator('[name=author]').inputValue(), 'Ada');
        assert.equal(
          await at(reader, '.isso-thread-heading').innerText(),
          'No comments yet. Be the first to say something.',
        );
        await box(reader).locator('.isso-textarea').fill('It **hums**.');
        await box(reader).locator('[name=preview]').click();
        await reader.sees(at(reader, '.isso-preview-mode .isso-preview .isso-comment .isso-text strong'));
        await box(reader).locator('[name=edit]').click();
        await reader.hasFocus(box(reader).locator('.isso-textarea'));
        await box(reader).locator('[name=website]').fill('a.example');
        await box(reader).locator('[type=submit]').click();
        await reader.sees(comment(reader, 'It hums.'));
        assert.equal(await at(reader, '.isso-thread-heading').innerText(), '1 comment');
        const kept = await reader.page.evaluate(() =>
          ['author', 'email', 'website'].map((name) => localStorage[`isso-${name}`]),
        );
        assert.deepEqual(kept, ['"Ada"', 'null', '"a.example"']);
        // To a reply of the reader's own, which the server has as the parent.
        await comment(reader, 'It hums.').locator('.isso-reply').click();
        const answer = at(reader, '.isso-comment .isso-postbox');
        assert.equal(await at(reader, '.isso-reply').innerText(), 'Cancel');
        await writes(reader, 'Still.', { within: answer });
        await reader.sees(comment(reader, 'Still.'));
        await comment(reader, 'Still.').locator('.isso-reply').click();
        await writes(reader, 'And on.', { within: answer });
        await reader.sees(comment(reader, 'And on.').locator('.isso-parent'));
        const { comments } = await site.thread(page);
        assert.deepEqual(
          comments.map(({ depth }) => depth),
          [0, 1, 2],
          'the tree is the true one',
        );
        assert.equal(await answer.count(), 0);
      });
    });

    it('keeps drafts, and says what is wrong at its place', async () => {
      const site = await on.site({ require_name: true, min_text_length: 10, consent: 'I know the rules.' });
      await on.visit(
        publish(site),
        async (reader) => {
          await canWrite(reader);
          await box(reader).locator('.isso-textarea').fill('Too short');
          await reader.reloads();
          await canWrite(reader);
          const text = box(reader).locator('.isso-textarea');
          assert.equal(await text.inputValue(), 'Too short');
          await box(reader).locator('[type=submit]').click();
          await reader.sees(reader.page.getByText('Please write at least 10 characters.'));
          await reader.hasFocus(text);
          await text.fill('Long enough by now');
          await box(reader).locator('[type=submit]').click();
          await reader.sees(reader.page.getByText('Please enter your name.'));
          await box(reader).locator('[name=author]').fill('Ada');
          await box(reader).locator('[type=submit]').click();
          await reader.sees(reader.page.getByText('Please tick this box first.'));
          await box(reader).locator('[name=consent]').check();
          await box(reader).locator('[name=email]').fill('nobody');
          await box(reader).locator('[type=submit]').click();
          await reader.sees(reader.page.getByText('This does not look like an email address.'));
          await box(reader).locator('[name=email]').fill('');
          await box(reader).locator('[type=submit]').click();
          await reader.sees(comment(reader, 'Long enough by now'));
          assert.equal(await text.inputValue(), '');
        },
        { allowed: FAILED },
      );
    });

    it('tells a reader that his comment waits, also after he has come back', async () => {
      const site = await on.site({ moderation: 'all' });
      const page = publish(site);
      await on.visit(page, async (reader) => {
        await canWrite(reader);
        await writes(reader, 'May I?');
        const note = comment(reader, 'May I?').locator('.isso-note');
        await reader.sees(note);
        assert.equal(await note.innerText(), 'Waiting for approval');
        await reader.reloads();
        await reader.sees(note);
      });
    });

    it('lets its author change a comment, delete it and bring it back', async () => {
      const site = await on.site();
      const page = publish(site);
      await on.visit(page, async (reader) => {
        await canWrite(reader);
        await writes(reader, 'It *hums*.');
        await comment(reader, 'It hums.').locator('.isso-edit').click();
        const text = at(reader, '.isso-comment .isso-textarea-wrapper > textarea.isso-textarea');
        assert.equal(await text.inputValue(), 'It *hums*.');
        await at(reader, '.isso-cancel').click();
        await reader.sees(comment(reader, 'It hums.').locator('.isso-text em'));
        await comment(reader, 'It hums.').locator('.isso-edit').click();
        await text.fill('It *sings*.');
        await at(reader, '.isso-comment .isso-edit').click();
        await reader.sees(comment(reader, 'It sings.').locator('.isso-text em'));
        await reader.sees(at(reader, '.isso-edited'));
        await reader.reloads();
        await comment(reader, 'It sings.').locator('.isso-delete').click();
        await reader.sees(reader.page.getByText('You deleted this comment.').first());
        assert.equal((await site.thread(page)).thread.comment_count, 0);
        await reader.hasFocus(at(reader, '.isso-undo'));
        await at(reader, '.isso-undo').press('Space');
        await reader.sees(comment(reader, 'It sings.').locator('.isso-delete'));
        assert.equal((await site.thread(page)).thread.comment_count, 1);
      });
    });

    it('counts votes, both ways and back, in the classes that pages style', async () => {
      const site = await on.site();
      const page = publish(site, { script: 'data-isso-vote-levels="-1,1,5"' });
      const post = await site.post(page, 'Vote.');
      await on.visit(page, async (reader) => {
        const one = at(reader, `#isso-${post.number}`);
        const is = (classes) =>
          until(classes, async () => (await one.getAttribute('class')).split(' ').sort().join(' ') === classes);
        await is('isso-comment isso-no-votes isso-vote-level-1');
        // What is shown is what was counted, so each vote may take back the one before.
        const counted = (up, down) =>
          until(`${up} up, ${down} down`, async () => {
            const { votes } = (await site.thread(page)).comments[0];
            return votes.up === up && votes.down === down;
          });
        await one.locator('.isso-upvote').click();
        await is('isso-comment isso-vote-level-2');
        assert.equal(await one.locator('.isso-votes').innerText(), '1');
        await counted(1, 0);
        await one.locator('.isso-downvote').click();
        await is('isso-comment isso-vote-level-1');
        assert.equal(await one.locator('.isso-votes').innerText(), '-1');
        await counted(0, 1);
        await one.locator('.isso-downvote').click();
        await is('isso-comment isso-no-votes isso-vote-level-1');
        await counted(0, 0);
      });
    });

    it('shows what others write meanwhile when it is asked to', async () => {
      const site = await on.site();
      const page = publish(site);
      await site.post(page, 'Hello?');
      await on.visit(page, async (reader) => {
        await canWrite(reader);
        await until('it listens', async () => (await on.streams()) > 0);
        await site.post(page, 'Here.');
        await reader.page.getByRole('button', { name: 'Show 1 new comment' }).click();
        await reader.sees(comment(reader, 'Here.'));
      });
    });

    it('says that a thread is closed', async () => {
      const site = await on.site();
      const page = publish(site);
      await site.post(page, 'The last word.');
      await site.changeThread(page, { closed: true });
      await on.visit(page, async (reader) => {
        await reader.sees(reader.page.getByText('Comments are closed.'));
        await reader.seesNo(box(reader));
      });
    });
  });

  describe('the page around it', () => {
    it('may bring the script in any way, and the section at any time', async () => {
      const site = await on.site();
      const root = rootOf(site);
      const section = '<section id="isso-thread"></section>';
      const snippets = {
        async: `<script async data-isso="${root}" src="${root}js/embed.min.js"></script>${section}`,
        deferred: `<script defer src="${root}js/embed.min.js"></script>${section}`,
        'without data-isso': `${section}<script src="${root}js/embed.min.js"></script>`,
        later: `<script src="${root}js/embed.min.js"></script>
          <script>addEventListener('load', () => setTimeout(() => document.body.insertAdjacentHTML('beforeend', '${section}')))</script>`,
        module: `<script type="module" src="${root}js/embed.min.js"></script>${section}`,
      };
      for (const [way, text] of Object.entries(snippets)) {
        const page = on.blog.publish('post', text);
        await site.post(page, `Brought ${way}.`);
        await on.visit(page, async (reader) => reader.sees(comment(reader, `Brought ${way}.`)));
      }
    });

    it('may change without being loaded anew', async () => {
      const site = await on.site();
      const [first, second] = [publish(site), publish(site)];
      await site.post(first, 'On the first.');
      await site.post(second, 'On the second.');
      await on.visit(first, async (reader) => {
        await canWrite(reader);
        await reader.sees(comment(reader, 'On the first.'));
        await reader.page.evaluate((url) => {
          history.pushState({}, '', url);
          window.Isso.init();
          window.Isso.fetchComments();
        }, second);
        await reader.sees(comment(reader, 'On the second.'));
        assert.deepEqual(await texts(reader), ['On the second.']);
        assert.equal(await at(reader, '.isso-postbox').count(), 1);
        await site.post(second, 'Another.');
        await reader.page.evaluate(() => window.Isso.fetchComments());
        await reader.sees(comment(reader, 'Another.'));
      });
    });

    it('has its counters filled, with the thread or by count.min.js alone', async () => {
      const site = await on.site();
      const other = publish(site);
      await site.post(other, 'One.');
      const { pathname } = new URL(other);
      const links = `<p><a href="${pathname}#isso-thread">Comments</a> <a href="/x#isso-thread" data-isso-id="/none">Comments</a></p>`;
      const root = rootOf(site);
      const alone = `${links}<script data-isso="${root}" src="${root}js/count.min.js" data-isso-lang="de"></script>`;
      const asked = [];
      const prepare = (reader) => reader.page.on('request', (request) => asked.push(request));
      for (const [text, words] of [
        [links + snippet(site), ['1 comment', '0 comments']],
        [alone, ['1 Kommentar', '0 Kommentare']],
      ]) {
        asked.length = 0;
        const page = on.blog.publish('post', text);
        await on.visit(
          page,
          async (reader) => {
            await reader.sees(reader.page.getByRole('link', { name: words[0] }));
            assert.deepEqual(await at(reader, 'p > a[href$="#isso-thread"]').allInnerTexts(), words);
            const counts = asked.filter((request) => request.url().includes('/v1/counts'));
            assert.equal(counts.length, 1);
            assert.equal(counts[0].method(), 'GET');
          },
          { prepare },
        );
      }
    });

    it('may have a strict policy', async () => {
      const site = await on.site();
      const policy = `default-src 'none'; script-src ${site.server}; style-src 'self' ${site.server}; connect-src ${site.server}; require-trusted-types-for 'script'; trusted-types parlour`;
      const page = publish(site, {}, { headers: { 'Content-Security-Policy': policy } });
      await site.post(page, 'By **the** rules.', { name: 'Ada' });
      await on.visit(page, async (reader) => {
        await canWrite(reader);
        await writes(reader, 'And so do I.');
        await reader.sees(comment(reader, 'And so do I.'), at(reader, '.isso-text strong'));
      });
    });

    it('is not run by what comments say', async () => {
      const site = await on.site();
      const page = publish(site);
      await site.post(page, '<img src=x onerror="document.title=1"> <b onclick="1">x</b>', {
        name: '<img src=x onerror="document.title=2">',
        website: 'https://a.example/"onmouseover="1',
      });
      await on.visit(page, async (reader) => {
        await canWrite(reader);
        assert.equal(
          await at(
            reader,
            '#isso-root img, #isso-root [onerror], #isso-root [onclick], #isso-root [onmouseover]',
          ).count(),
          0,
        );
        assert.equal(await at(reader, '.isso-author').innerText(), '<img src=x onerror="document.title=2">');
        assert.equal(await reader.page.title(), 'Fixing the kitchen radio');
      });
    });

    it('has its own style sheet for the comments, which bites', async () => {
      const site = await on.site();
      const head = `<style>.isso-comment > .isso-text-wrapper { border: 3px solid rgb(1, 2, 3) }
        :root { --isso-secondary-text-color: rgb(80, 0, 80) } a.isso-reply { text-transform: uppercase }</style>`;
      const page = publish(site, { head });
      await site.post(page, 'Framed.', { name: 'Ada' });
      await on.visit(page, async (reader) => {
        await reader.sees(at(reader, 'a.isso-reply'));
        const style = (selector, name) =>
          at(reader, selector)
            .first()
            .evaluate((one, name) => getComputedStyle(one)[name], name);
        assert.equal(await style('.isso-comment > .isso-text-wrapper', 'borderTopColor'), 'rgb(1, 2, 3)');
        assert.equal(await style('.isso-permalink', 'color'), 'rgb(80, 0, 80)');
        assert.equal(await style('a.isso-reply', 'textTransform'), 'uppercase');
        await reader.shot('isso-own-style');
      });
    });

    it('learns what is wrong when its comments cannot be read', async () => {
      const site = await on.site();
      const reader = await on.reader();
      await reader.opens(publish(site).replace(on.blog.origin, on.blog.otherOrigin));
      await reader.sees(
        at(reader, '.isso-error').filter({ hasText: `Add ${on.blog.otherOrigin} to this site’s origins` }),
      );
      await site.allow(on.blog.otherOrigin);
      await at(reader, '.isso-retry').click();
      await canWrite(reader);
      assert.equal(await at(reader, '.isso-error:visible').count(), 0);
    });
  });

  describe('for everybody', () => {
    for (const [name, options, lang] of [
      ['light', { colorScheme: 'light' }, 'en'],
      ['dark', { colorScheme: 'dark' }, 'en'],
      ['narrow', { viewport: { width: 320, height: 800 } }, 'de'],
      ['rtl', {}, 'ar'],
      ['narrow-rtl', { viewport: { width: 320, height: 800 }, colorScheme: 'dark' }, 'fa'],
    ]) {
      it(`axe finds nothing, and nothing sticks out: ${name}`, async () => {
        const site = await on.site({ notice: 'Be kind.', consent: 'I know the rules.', moderation: 'none' });
        const page = publish(site, { script: `data-isso-lang="${lang}"` }, { lang });
        const root = await site.post(
          page,
          'It **hums**:\n\n```\nhum(1234567890, 1234567890, 1234567890, 1234567890)\n```\n\n> Hm.',
          {
            name: 'Ada',
            website: 'https://a.example',
          },
        );
        await site.answer(root, '| a | b |\n|---|---|\n| 1 | 2 |');
        const gone = await site.post(page, 'I regret this.', { name: 'Ben' });
        const reply = await site.post(page, 'You should not. [Look](https://b.example)', { under: gone, name: 'Cleo' });
        await site.post(page, 'W'.repeat(90), { under: reply, name: 'Dan' });
        await site.vote(root);
        await site.remove(gone);
        await on.visit(
          page,
          async (reader) => {
            await canWrite(reader);
            await audit(reader, 'read', '#isso-thread');
            await box(reader).locator('.isso-textarea').fill('Mine.');
            await box(reader).locator('[type=submit]').click();
            await reader.sees(box(reader).locator('.isso-consent-section .isso-error'));
            await audit(reader, 'complaint', '#isso-thread');
            await box(reader).locator('[name=consent]').check();
            await box(reader).locator('[type=submit]').click();
            await comment(reader, 'Mine.').locator('.isso-edit').waitFor();
            await at(reader, '.isso-reply').first().click();
            await audit(reader, 'answering', '#isso-thread');
            assert.ok((await reader.excess()) <= 0, 'as wide as its window');
            await reader.shot(`isso-${name}`);
          },
          options,
        );
      });
    }
  });
});
