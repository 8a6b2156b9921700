// Takes the pictures of the documentation from the demo: `npm run screenshots`. Only the times in them differ from day
// to day.
import { openBrowser } from './lib/people.mjs';
import { Reader } from './lib/reader.mjs';
import { startParlour } from './lib/server.mjs';

const DOCS = new URL('../../docs/', import.meta.url);
const WIDE = { width: 860, height: 900 };
const POST = 'cold-kitchen';

const parlour = await startParlour({}, ['--demo']);
const browser = await openBrowser();
const page = `${parlour.url}/demo/posts/${POST}.html`;

/** Opens the post, comes to the comments, does something, and takes a picture of the window. */
async function picture(name, act = async () => {}, options = {}) {
  const reader = await Reader.arrive(browser, { viewport: WIDE, ...options });
  await reader.opens(options.page ?? page);
  if (!options.page) {
    await reader.goesToComments();
    await reader.canWrite();
    await reader.goesToComments();
  }
  await act(reader);
  await reader.page.evaluate(() => document.fonts.ready);
  await reader.page.screenshot({ path: new URL(`${name}.png`, DOCS).pathname, animations: 'disabled' });
  await reader.context.close();
}

try {
  await picture('thread-light');
  await picture('thread-dark', undefined, { colorScheme: 'dark' });
  await picture('thread-narrow', undefined, { viewport: { width: 320, height: 640 } });
  await picture('thread-rtl', async (reader) => {
    await reader.thread.evaluate((element) => (element.lang = 'ar'));
    await reader.sees(reader.page.getByRole('button', { name: 'رد', exact: true }).first());
    await reader.goesToComments();
  });
  await picture('thread-preview', async (reader) => {
    await reader.writes('The jar works **at twelve degrees**, too:\n\n- a day and a half\n- and no blanket', 'Nora');
    await reader.looksAtPreview();
    await reader.sees(reader.preview.getByRole('listitem').first());
  });
  await picture('thread-static', undefined, {
    page: `${parlour.url}/v1/sites/demo/thread.html?id=demo/${POST}`,
    javaScriptEnabled: false,
  });
  // Last, because it changes the conversation.
  await picture('thread-news', async (reader) => {
    await reader.comments.nth(5).evaluate((article) => article.scrollIntoView());
    const other = await Reader.arrive(browser);
    await other.opens(page);
    await other.goesToComments();
    await other.canWrite();
    await other.writes('What does the jar say at noon?', 'Otto');
    await other.posts();
    await reader.sees(reader.page.getByRole('button', { name: 'Show 1 new comment' }));
    await other.context.close();
  });
} finally {
  await browser.close();
  await parlour.stop();
}
