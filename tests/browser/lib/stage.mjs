// What the tests of one file share: a server, a blog and a browser. Each test makes sites, pages and readers of its own.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { startBlog } from './blog.mjs';
import { Owner } from './owner.mjs';
import { openBrowser } from './people.mjs';
import { Reader } from './reader.mjs';
import { startParlour } from './server.mjs';

/** Budgets that a test may spend from one address within a second. */
const GENEROUS = '100000/60';
const LIMITS = Object.fromEntries(
  ['read', 'post', 'preview', 'edit', 'vote', 'reader', 'report', 'live', 'feed', 'admin'].map((what) => [
    `PARLOUR_LIMIT_${what.toUpperCase()}`,
    GENEROUS,
  ]),
);

/** To be called at the top of a file or of a `describe`; `settings` are environment variables of the server. */
export function stage(settings = {}) {
  const readers = new Set();
  const self = {
    /** A new site whose comments are shown at once, with these settings. */
    site: (changes) => self.owner.site(self.parlour.url, [self.blog.origin], changes),

    /** A page of the blog with the site's snippet; resolves to its address. */
    publish: (site, name = 'post', options = {}) => self.blog.publish(name, options.snippet ?? site.snippet, options),

    /** How many pages the server has a live connection to. */
    streams: async () => (await (await fetch(`${self.parlour.url}/readyz`)).json()).streams,

    /** Somebody who reads with a browser of his own; he leaves when the test ends. */
    async reader(options) {
      const reader = await Reader.arrive(self.browser, options);
      readers.add(reader);
      return reader;
    },

    /**
     * A reader opens a page, does something, and leaves: without a cookie, without a request to anybody else, and without
     * a word in the console but those that `allowed` matches. `prepare` comes before the page is opened; the rest are
     * options of the browser.
     */
    async visit(url, act, { allowed, prepare, ...options } = {}) {
      const reader = await self.reader(options);
      await prepare?.(reader);
      await reader.opens(url);
      await act(reader);
      await self.assertDiscreet(reader, allowed);
      await leave(reader);
    },

    async assertDiscreet(reader, allowed) {
      const known = [self.blog.origin, self.parlour.url];
      assert.deepEqual(
        [...reader.origins].filter((origin) => !known.includes(origin)),
        [],
        'nobody else is asked',
      );
      assert.deepEqual(await reader.context.cookies(), [], 'no cookie');
      assert.deepEqual(reader.cookieSetters, [], 'nobody tried to set one');
      assert.deepEqual(
        reader.takeErrors().filter((error) => !allowed?.test(error)),
        [],
        'the console is silent',
      );
    },
  };

  async function leave(reader) {
    await reader.context.close();
    readers.delete(reader);
  }

  afterEach(async () => {
    // Who is still there was left by a test that failed, or that looked to more than one of them.
    await Promise.all([...readers].map((reader) => reader.shot('failed-embed').catch(() => undefined)));
    await Promise.all([...readers].map(leave));
  });

  before(async () => {
    // One by one, so that `after` knows what there is to end when one of them fails.
    self.blog = await startBlog();
    self.parlour = await startParlour({ ...LIMITS, ...settings });
    self.browser = await openBrowser();
    self.owner = await Owner.settle(self.parlour);
  });

  after(async () => {
    await self.browser?.close();
    await Promise.all([self.parlour?.stop(), self.blog?.stop()]);
  });

  return self;
}
