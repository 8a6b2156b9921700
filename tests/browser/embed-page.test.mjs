// The embed as a guest: what it asks of a page, what it leaves alone, and what pages do to it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stage } from './lib/stage.mjs';
import { until } from './lib/until.mjs';

/** What the browser itself says in the console of a request that failed or was forbidden. */
const FAILED = /Failed to load resource|Content Security Policy|CORS policy/;

describe('the page around', () => {
  const on = stage();

  describe('requests', () => {
    /** Marks the moment from which comments can be read. */
    const markLoaded = (reader) =>
      reader.context.addInitScript(() => {
        document.addEventListener('parlour:loaded', () => performance.mark('loaded'), { once: true });
      });
    /** What was asked of the server before that moment, as paths. */
    const askedBefore = (reader) =>
      reader.page.evaluate((server) => {
        const [{ startTime: loaded }] = performance.getEntriesByName('loaded');
        const entries = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < loaded);
        return entries.filter(({ name }) => name.startsWith(server)).map(({ name }) => new URL(name).pathname);
      }, on.parlour.url);

    it('the script and the thread, and nothing else before comments show', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await site.post(page, 'Quickly.');
      const thread = `/v1/sites/${site.key}/thread`;
      await on.visit(
        page,
        async (reader) => {
          await reader.canWrite();
          assert.deepEqual(await askedBefore(reader), ['/embed.js', thread]);
        },
        { prepare: markLoaded },
      );
      // The words of another language travel beside the thread.
      await on.visit(
        on.publish(site, 'post', { lang: 'de', snippet: site.snippetWith(`url="${page}"`) }),
        async (reader) => {
          await reader.sees(reader.page.getByRole('button', { name: 'Antworten' }));
          assert.deepEqual((await askedBefore(reader)).sort(), ['/embed.js', '/embed/locales/de.js', thread]);
        },
        { prepare: markLoaded },
      );
    });

    it('comments show though everything else is slow', async () => {
      const site = await on.site();
      const page = on.publish(site);
      await site.post(page, 'Quickly.');
      let go;
      await on.visit(
        page,
        async (reader) => {
          await reader.sees(reader.comment('Quickly.'), reader.composer);
          go();
          await reader.canWrite();
        },
        { prepare: async (reader) => (go = await reader.holds('**/embed/**')) },
      );
    });

    it('a thread far below loads when the reader comes near, or at once where the page wants it', async () => {
      const site = await on.site();
      const far = '<div style="height: 3000px">A long post.</div>';
      const lazy = on.publish(site, 'post', { snippet: far + site.snippet });
      await site.post(lazy, 'Down here.');
      const reader = await on.reader();
      const asked = [];
      reader.page.on('request', (request) => /\/thread\?/.test(request.url()) && asked.push(request.url()));
      await reader.opens(lazy);
      await reader.page.waitForFunction(
        () => customElements.get('parlour-comments') && document.readyState === 'complete',
      );
      // Whatever would have been asked by now was asked by the first frame after the element came to life.
      await reader.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      assert.deepEqual(asked, []);
      await reader.goesToComments();
      await reader.sees(reader.comment('Down here.'));
      assert.equal(asked.length, 1);
      await on.assertDiscreet(reader);

      const eager = on.publish(site, 'post', { snippet: far + site.snippetWith(`loading="eager" url="${lazy}"`) });
      await on.visit(eager, async (other) => {
        await other.comment('Down here.').waitFor({ state: 'attached' });
        assert.equal(await other.page.evaluate(() => scrollY), 0);
      });
    });

    it('nothing is left behind in the page but one entry of storage, once there is something to keep', async () => {
      const site = await on.site();
      const page = on.publish(site);
      const names = () =>
        [...Object.getOwnPropertyNames(window), ...Object.getOwnPropertyNames(document)].filter(
          (name) => name !== 'gone',
        );
      let before;
      await on.visit(
        on.publish(site, 'post', { snippet: ' ' }),
        async (reader) => (before = await reader.page.evaluate(names)),
      );
      await on.visit(page, async (reader) => {
        await reader.canWrite();
        await reader.writes('A trace.');
        await reader.posts();
        await reader.sees(reader.comment('A trace.'));
        const after = await reader.page.evaluate(names);
        assert.deepEqual(
          after.filter((name) => !before.includes(name)),
          [],
          'no global name',
        );
        assert.deepEqual(await reader.page.evaluate(() => Object.keys(localStorage)), [`parlour:${site.key}`]);
        assert.deepEqual(await reader.page.evaluate(() => Object.keys(sessionStorage)), []);
        assert.deepEqual(await reader.page.evaluate(async () => (await indexedDB.databases()).length), 0);
      });
    });
  });

  describe('content security policy', () => {
    /** The whole job on a page with this policy. */
    async function works(policy) {
      const site = await on.site({ reactions: ['👍'], consent: 'I have read the house rules.', notice: 'Be kind.' });
      const headers = { 'Content-Security-Policy': policy(new URL(on.parlour.url).origin) };
      const page = on.publish(site, 'post', { headers });
      await site.post(page, 'Is it `strict`?\n\n| a |\n|---|\n| b |', { name: 'Ada' });
      const violations = [];
      await on.visit(
        page,
        async (reader) => {
          await reader.button('Is it strict?', /^Vote up/).click();
          await reader.sees(reader.button('Is it strict?', 'Vote up: 1'));
          await reader.writes('It is **very** strict.', 'Nora');
          await reader.looksAtPreview();
          await reader.sees(reader.preview.locator('strong', { hasText: 'very' }));
          await reader.page.getByRole('tab', { name: 'Write' }).click();
          await reader.page.getByRole('checkbox', { name: 'I have read' }).check();
          await reader.posts();
          await reader.button('very strict.', 'Delete').click();
          await reader.page.getByRole('button', { name: 'Undo' }).click();
          await reader.sees(reader.button('very strict.', 'Edit'));
          await reader.button('Is it strict?', 'More').click();
          await reader.button('Is it strict?', 'Report').click();
          await reader.sees(reader.page.getByRole('combobox', { name: 'What is wrong' }));
          await site.post(page, 'From elsewhere.');
          await reader.page.getByRole('button', { name: 'Show 1 new comment' }).click();
          await reader.sees(reader.comment('From elsewhere.'));
          const width = await reader
            .comment('Is it strict?')
            .locator('.avatar')
            .evaluate((box) => box.offsetWidth);
          assert.equal(width, 32, 'the styles are there');
          assert.deepEqual(violations, []);
        },
        {
          prepare: async (reader) => {
            await reader.page.exposeFunction('violated', (directive) => violations.push(directive));
            await reader.context.addInitScript(() => {
              document.addEventListener('securitypolicyviolation', (event) => window.violated(event.violatedDirective));
            });
          },
        },
      );
    }

    it('script-src HOST; connect-src HOST; style-src ’self’ is enough', () =>
      works((host) => `default-src 'none'; script-src ${host}; connect-src ${host}; style-src 'self'; img-src 'self'`));

    it('trusted types need one name', () => works(() => `require-trusted-types-for 'script'; trusted-types parlour`));
  });

  it('hostile style sheets change nothing', async () => {
    const site = await on.site({ notice: 'Be kind.', reactions: ['👍'] });
    const url = on.publish(site);
    const root = await site.post(url, 'It hums, `loudly`:\n\n> Hm.\n\n- one\n- two\n\n```\nhum()\n```', {
      name: 'Ada',
    });
    await site.post(url, '| a | b |\n|---|---|\n| 1 | 2 |', { under: root });
    await site.answer(root, 'So it **does**.');
    const later = Date.now() + 2 * 3600_000;

    /** Where every element is, relative to the whole, and how it looks. */
    async function looks(name, style) {
      const page = on.publish(site, name, { snippet: site.snippetWith(`url="${url}" ${style}`) });
      let all;
      await on.visit(
        page,
        async (reader) => {
          await reader.canWrite();
          await reader.composer.click();
          await reader.sees(reader.page.getByRole('button', { name: 'Formatting help' }));
          await reader.page.evaluate(() => document.fonts.ready);
          all = await reader.thread.evaluate((host) => {
            const { left, top } = host.shadowRoot.firstElementChild.getBoundingClientRect();
            const all = [...host.shadowRoot.querySelectorAll('.parlour, .parlour *')];
            return all
              .filter((element) => element.getClientRects().length)
              .map((element) => {
                const box = element.getBoundingClientRect();
                const round = (length) => Math.round(length * 2) / 2;
                const place = [box.left - left, box.top - top, box.width, box.height].map(round);
                const style = getComputedStyle(element);
                const ways = [
                  'color',
                  'backgroundColor',
                  'font',
                  'letterSpacing',
                  'wordSpacing',
                  'textTransform',
                  'textAlign',
                  'textIndent',
                  'textShadow',
                  'whiteSpace',
                  'direction',
                  'cursor',
                  'visibility',
                  'opacity',
                  'transition',
                ];
                // The root inherits the page's colour to tell light from dark by it; nothing is written in it directly.
                const root = element.matches('.parlour');
                const seen = ways.filter((way) => !root || !['color', 'direction'].includes(way));
                return `${element.tagName}.${element.className} ${place} ${seen.map((way) => style[way]).join(' ')}`;
              });
          });
        },
        {
          prepare: (reader) => reader.page.clock.setFixedTime(later),
          // All of it is in the window, so that nothing sticks to its edge.
          viewport: { width: 1100, height: 1600 },
        },
      );
      return all;
    }

    const plain = await looks('post', 'style="display: block; margin: 8px"');
    const hostile = await looks('hostile', '');
    assert.ok(plain.length > 60);
    assert.deepEqual(hostile, plain);
  });

  describe('comments that the server put into the page', () => {
    /** The page carries a fragment whose texts are marked. */
    async function staticPage(site, change = async () => {}) {
      const url = on.publish(site);
      await site.postAll(url, ['Built **in**.', 'Built in, too.'], { name: 'Ada' });
      const fragment = (await site.fragment(url)).replaceAll('class="parlour-text"', '$& data-built="yes"');
      await change(url);
      return on.publish(site, 'post', { snippet: site.snippetWith(`url="${url}"`, fragment) });
    }
    const built = (reader) =>
      reader.thread.locator('.list .body').evaluateAll((bodies) => bodies.map((body) => body.dataset.built === 'yes'));

    it('are shown at once, and stay what they are when the data comes', async () => {
      let answer;
      await on.visit(
        await staticPage(await on.site()),
        async (reader) => {
          await reader.sees(reader.page.getByText('Built in, too.'));
          assert.equal(await reader.composer.count(), 0);
          answer();
          await reader.canWrite();
          assert.deepEqual(await built(reader), [true, true], 'not drawn again');
          assert.deepEqual(await reader.order(), ['Built in.', 'Built in, too.']);
          await reader.sees(reader.button('Built in.', 'Reply'));
        },
        { prepare: async (reader) => (answer = await reader.holds('**/thread?*')) },
      );
    });

    it('give way where the thread has gone on', async () => {
      const site = await on.site();
      const page = await staticPage(site, (url) => site.post(url, 'Later.'));
      await on.visit(page, async (reader) => {
        await reader.sees(reader.comment('Later.'));
        assert.deepEqual(await built(reader), [false, false, false]);
        assert.deepEqual(await reader.order(), ['Built in.', 'Built in, too.', 'Later.']);
      });
    });

    it('are not what comes back after it has changed', async () => {
      const site = await on.site();
      let url;
      const page = await staticPage(site, async (address) => (url = address));
      const [first] = (await site.thread(url)).comments;
      await on.visit(page, async (reader) => {
        await reader.canWrite();
        await site.decide('reject', first);
        await reader.seesNo(reader.comment('Built in.'));
        await site.revise(first, 'Built anew.');
        await site.decide('publish', first);
        await reader.page.getByRole('button', { name: 'Show 1 new comment' }).click();
        await reader.sees(reader.comment('Built anew.'));
      });
    });

    it('can be read where the server cannot be reached', async () => {
      await on.visit(
        await staticPage(await on.site()),
        async (reader) => {
          await reader.sees(
            reader.page.getByRole('button', { name: 'Try again' }),
            reader.page.getByText('Built in, too.'),
          );
          await reader.page.unroute('**/thread?*');
          await reader.page.getByRole('button', { name: 'Try again' }).click();
          await reader.canWrite();
        },
        { allowed: FAILED, prepare: (reader) => reader.page.route('**/thread?*', (route) => route.abort()) },
      );
    });
  });

  for (const framework of ['react', 'vue']) {
    it(`in ${framework}, threads come and go without a trace`, async () => {
      const site = await on.site();
      await site.post(`${on.blog.origin}/`, 'Elsewhere.');
      const page = on.publish(site, framework, { snippet: site.snippet.split('\n')[0] });
      const reader = await on.reader();
      const devtools = await reader.context.newCDPSession(reader.page);
      await reader.opens(page);
      const goes = (where) => reader.page.getByRole('button', { name: where, exact: true }).click();

      await goes('Radio');
      await reader.canWrite();
      await reader.writes('Posted in an application.');
      await reader.posts();
      await reader.sees(reader.comment('Posted in an application.'), reader.page.getByText('You posted 1'));
      await goes('Lamp');
      await reader.sees(reader.empty);
      await goes('Radio');
      await reader.sees(reader.comment('Posted in an application.'));
      await goes('Front page');
      await reader.seesNo(reader.thread);

      const cycle = async () => {
        await goes('Radio');
        await reader.sees(reader.button('Posted in an application.', 'Reply'));
        await reader.composer.click();
        await goes('Front page');
        await reader.seesNo(reader.thread);
      };
      const listeners = async (expression) => {
        const { result } = await devtools.send('Runtime.evaluate', { expression });
        const found = await devtools.send('DOMDebugger.getEventListeners', { objectId: result.objectId });
        return found.listeners.map(({ type }) => type).sort();
      };
      const weigh = async () => {
        await devtools.send('HeapProfiler.collectGarbage');
        const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
        return { nodes, jsEventListeners };
      };
      // The first round of it makes what is made once.
      await cycle();
      await until('the server has no connection left', async () => (await on.streams()) === 0);
      const outside = async () => ({
        window: await listeners('window'),
        document: await listeners('document'),
        root: await listeners('document.documentElement'),
        body: await listeners('document.body'),
      });
      const before = { listeners: await outside(), weight: await weigh() };
      for (let round = 0; round < 20; round += 1) await cycle();
      await until('the server has no connection left', async () => (await on.streams()) === 0);
      assert.deepEqual(await outside(), before.listeners, 'no listener is left on what outlives the element');
      await until('what was shown is collected', async () => {
        const { nodes, jsEventListeners } = await weigh();
        // One round's worth may still be in the engine's hands.
        return jsEventListeners <= before.weight.jsEventListeners + 20 && nodes <= before.weight.nodes + 200;
      });
      await on.assertDiscreet(reader);
    });
  }

  it('an element that is moved keeps all it has; one that is renamed loads anew, once', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, 'First page.');
    const other = on.publish(site);
    await site.post(other, 'Other page.');
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      await reader.writes('Half a thought');
      await reader.sees(reader.page.getByRole('button', { name: 'Formatting help' }));
      const asked = [];
      reader.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await reader.page.evaluate(() => {
        const [box, thread] = [document.createElement('aside'), document.querySelector('parlour-comments')];
        document.body.append(box);
        box.append(thread);
      });
      await reader.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
      assert.equal(await reader.composer.inputValue(), 'Half a thought');
      assert.deepEqual(asked, []);
      await reader.thread.evaluate((element, url) => {
        element.setAttribute('url', url);
        element.setAttribute('sort', 'newest');
      }, other);
      await reader.sees(reader.comment('Other page.'));
      await reader.canWrite();
      assert.equal(asked.filter((path) => path.endsWith('/thread')).length, 1);
      assert.equal(await reader.comment('First page.').count(), 0);
    });
  });

  it('as a module: mount, theme, events; texts by attribute', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.postAll(page, ['One.', 'Two.']);
    const snippet = `<div id="comments"></div><script type="module">
      import { mount, setTheme } from '${on.parlour.url}/embed/parlour.js';
      document.addEventListener('parlour:loaded', ({ detail }) => (document.title = detail.thread.comment_count));
      const thread = mount('#comments', { site: '${site.key}', url: '${page}', sort: 'newest' });
      thread.setAttribute('text-comments', '{n} voices');
      thread.setAttribute('text-placeholder', 'Say it');
      document.body.append(Object.assign(document.createElement('button'), {
        textContent: 'Night', onclick: () => setTheme('dark'),
      }));
    </script>`;
    await on.visit(on.publish(site, 'front', { snippet }), async (reader) => {
      await reader.sees(reader.page.getByPlaceholder('Say it'), reader.page.getByRole('heading', { name: '2 voices' }));
      assert.deepEqual(await reader.order(), ['Two.', 'One.']);
      assert.equal(await reader.page.title(), '2');
      await reader.page.getByRole('button', { name: 'Night' }).click();
      await reader.sees(reader.thread.locator('[data-shade="dark"]'));
    });
  });

  it('follows the page from light to dark, however that is done, unless a script says otherwise', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, 'Light or dark?');
    await on.visit(
      page,
      async (reader) => {
        const shade = (name) => reader.sees(reader.thread.locator(`[data-shade="${name}"]`));
        const color = () =>
          reader
            .comment('Light or dark?')
            .locator('.body')
            .evaluate((body) => getComputedStyle(body).color);
        await reader.sees(reader.comment('Light or dark?'));
        await shade('dark');
        assert.equal(await color(), 'rgb(228, 231, 236)');
        await reader.page.emulateMedia({ colorScheme: 'light' });
        await shade('light');
        assert.equal(await color(), 'rgb(29, 33, 39)');
        await reader.page.evaluate(() => document.documentElement.classList.add('dark'));
        await shade('dark');
        await reader.page.evaluate(() => document.documentElement.classList.remove('dark'));
        await shade('light');
        await reader.thread.evaluate((element) => element.setAttribute('theme', 'dark'));
        await shade('dark');
        await reader.thread.evaluate((element) => element.setAttribute('theme', 'auto'));
        await shade('light');
      },
      { colorScheme: 'dark' },
    );
  });

  it('is dark in a dark page whose style sheet comes later than the script', async () => {
    const site = await on.site();
    const page = on.publish(site);
    await site.post(page, 'Light or dark?');
    const reader = await on.reader({ colorScheme: 'dark' });
    const release = await reader.holds('**/post.css');
    // Not until it is loaded, which waits for the style sheet.
    await reader.page.goto(page, { waitUntil: 'commit' });
    await reader.thread.locator('[data-shade="light"] .comment').waitFor({ state: 'attached' });
    await release();
    await reader.sees(reader.thread.locator('[data-shade="dark"] .comment'));
  });

  describe('languages', () => {
    const inLanguage = async (site, url, lang, act, options) => {
      const page = on.publish(site, 'post', { lang, snippet: site.snippetWith(`url="${url}"`) });
      await on.visit(page, act, options);
    };

    it('come from the page, with their own plurals', async () => {
      const site = await on.site();
      const counts = [];
      for (const count of [1, 2, 5]) {
        const url = on.publish(site);
        await site.postAll(
          url,
          Array.from({ length: count }, (_, index) => `Nr. ${index}`),
        );
        counts.push([url, count]);
      }
      const titles = {
        de: ['1 Kommentar', '2 Kommentare', '5 Kommentare'],
        pl: ['1 komentarz', '2 komentarze', '5 komentarzy'],
        ar: ['تعليق واحد', 'تعليقان', /^[5٥] تعليقات$/],
      };
      for (const [lang, expected] of Object.entries(titles)) {
        for (const [at, [url]] of counts.entries()) {
          await inLanguage(site, url, lang, async (reader) => {
            await reader.sees(reader.title.filter({ hasText: expected[at] }));
            const section = reader.thread.locator('section');
            assert.equal(await section.getAttribute('lang'), lang);
            assert.equal(await section.getAttribute('dir'), lang === 'ar' ? 'rtl' : 'ltr');
          });
        }
      }
    });

    it('the element’s attribute, then the site’s setting, then the page, then the browser', async () => {
      const site = await on.site();
      const page = on.publish(site);
      const says = (words, options, attributes = '') =>
        on.visit(
          on.publish(site, 'post', { ...options, snippet: site.snippetWith(`url="${page}" ${attributes}`) }),
          (reader) => reader.sees(reader.page.getByRole('textbox', { name: words })),
          options,
        );
      await says('Twój komentarz', { lang: 'tlh', locale: 'pl-PL' });
      await says('Dein Kommentar', { lang: 'de-CH', locale: 'pl-PL' });
      await site.set({ language: 'pl' });
      await says('Twój komentarz', { lang: 'de' });
      await says('Your comment', { lang: 'de' }, 'lang="en"');
    });
  });

  it('an owner is told what to repair', async () => {
    const site = await on.site();
    const { origin } = new URL(on.parlour.url);
    const says = async (text, options) => {
      await on.visit(on.publish(site, 'post', options), (reader) => reader.sees(reader.page.getByText(text)), {
        allowed: FAILED,
      });
    };
    await says('The script tag needs data-site', { snippet: site.snippet.replace(/ data-site="[^"]*"/, '') });
    await says('check that data-site is its key', { snippet: site.snippet.replace(site.key, 'nobody') });
    const headers = { 'Content-Security-Policy': `script-src ${origin}; connect-src 'self'` };
    await says(`Add ${origin} to connect-src in this page’s Content-Security-Policy.`, { headers });
    const elsewhere = await on.owner.site(on.parlour.url, ['https://elsewhere.example'], {});
    await says(`Add ${on.blog.origin} to this site’s origins`, { snippet: elsewhere.snippet });
  });
});
