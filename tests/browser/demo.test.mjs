// What a newcomer sees in the first ten seconds: the demo blog with its conversations, and the API reference.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from './lib/people.mjs';
import { Reader } from './lib/reader.mjs';
import { startParlour } from './lib/server.mjs';

const POSTS = ['cold-kitchen', 'down-the-river', 'plain-pages'];

describe('the demo', () => {
  let browser, parlour;

  before(async () => {
    parlour = await startParlour({}, ['--demo']);
    browser = await openBrowser();
  });

  after(async () => {
    await browser?.close();
    await parlour?.stop();
  });

  async function visit(act, options) {
    const reader = await Reader.arrive(browser, options);
    await act(reader);
    assert.deepEqual([...reader.origins], [parlour.url], 'nothing comes from anywhere else');
    assert.deepEqual(await reader.context.cookies(), []);
    reader.assertCalm();
    await reader.context.close();
  }

  it('lists three posts with their counts', () =>
    visit(async (reader) => {
      await reader.opens(`${parlour.url}/demo/`);
      for (const post of POSTS) {
        const link = reader.page.locator(`a[href="posts/${post}.html#comments"]`);
        await reader.sees(link.filter({ hasText: /^[1-9]\d* comments$/ }));
      }
      await reader.shot('demo-index');
    }));

  for (const post of POSTS) {
    it(`shows the conversation of ${post}, on a telephone and in the dark too`, async () => {
      const looks = { wide: {}, narrow: { viewport: { width: 320, height: 640 } }, dark: { colorScheme: 'dark' } };
      for (const [look, options] of Object.entries(looks)) {
        await visit(async (reader) => {
          await reader.opens(`${parlour.url}/demo/posts/${post}.html`);
          await reader.goesToComments();
          await reader.sees(reader.page.getByRole('article', { name: /^Comment by/ }).first());
          const excess = await reader.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(excess <= 0, `${look}: nothing is wider than the window`);
          await reader.shot(`demo-${post}-${look}`);
        }, options);
      }
    });
  }

  it('the tombstone stands where a comment with replies was', () =>
    visit(async (reader) => {
      await reader.opens(`${parlour.url}/demo/posts/cold-kitchen.html`);
      await reader.goesToComments();
      await reader.sees(reader.comment('This comment was removed.'), reader.comment('being rude about rye'));
    }));

  it('the API reference opens', () =>
    visit(async (reader) => {
      await reader.page.goto(`${parlour.url}/docs`);
      // What is further down is only made when somebody comes there.
      await reader.sees(reader.page.getByText('List API keys'));
      await reader.shot('docs');
    }));
});
