// The main job, end to end: register a site, paste the snippet, talk, moderate.
//
// Chapters share one server and three people, and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { startBlog } from './lib/blog.mjs';
import { chapters } from './lib/chapters.mjs';
import { Moderator } from './lib/moderator.mjs';
import { openBrowser } from './lib/people.mjs';
import { Reader } from './lib/reader.mjs';
import { startParlour } from './lib/server.mjs';

const OWNER = { name: 'Walt Kettering', email: 'walt@example.org', password: 'waxed linen dial cord' };

const RICH = [
  'I have some **waxed cord** left, 2 metres:',
  '',
  '- linen, not cotton',
  '- 0.6 mm',
  '',
  '`one turn` around the drum is enough. <script>alert(1)</script>',
].join('\n');
const QUESTION = 'Which wattage did the bulb have, exactly?';
const REPLY = 'Sixty, says the post.';
const NASTY = 'Nobody needs radios any more.';
const JUNK = 'Buy very cheap capacitors from me.';
const DOUBTFUL = 'First of all, good day to everybody.';
const TYPO = 'My grandfather had teh same model.';
const LATE = 'It hums in F sharp, by the way.';

describe(`the main job on ${process.env.TEST_DATABASE_URL ? 'PostgreSQL and Redis' : 'SQLite'}`, () => {
  let browser, parlour, blog, page, otherPage;
  let walt, nora, stranger;
  const { chapter, broken } = chapters();

  before(async () => {
    // One by one, so that `after` knows what there is to end when one of them fails.
    blog = await startBlog();
    parlour = await startParlour();
    browser = await openBrowser();
    page = `${blog.origin}/plain-post.html`;
    otherPage = `${blog.otherOrigin}/plain-post.html`;
    walt = await Moderator.arrive(browser);
    nora = await Reader.arrive(browser);
    stranger = await Reader.arrive(browser);
  });

  after(async () => {
    if (broken()) await Promise.allSettled([walt?.shot('failed-admin'), nora?.shot('failed-reader')]);
    await browser?.close();
    await Promise.all([parlour?.stop(), blog?.stop()]);
  });

  chapter('the set-up link leads to an account, a tenant, a site and its snippet', async () => {
    await walt.opensSetupLink(parlour.setupLink, OWNER);
    await walt.createsTenant('Walt’s sites');
    await walt.createsSite({
      name: 'Walt’s Workbench',
      origins: [blog.origin],
      moderation: 'Approve everything first',
    });
    await walt.sees(walt.page.getByText(`Waiting for the first load from ${blog.origin}`));
    await walt.shot('admin-waiting');

    const snippet = await walt.snippet();
    assert.match(
      snippet,
      /^<script src="http:\/\/[^"]+\/embed\.js" data-site="[^"]+" async><\/script>\n<parlour-comments>/,
    );
    assert.ok(snippet.includes(`src="${parlour.url}/embed.js"`), 'the snippet names this server');
    blog.paste(snippet);
  });

  chapter('the set-up link works once', async () => {
    const latecomer = await Moderator.arrive(browser);
    await latecomer.page.goto(parlour.setupLink);
    await latecomer.sees(latecomer.page.getByText('This set-up link is no longer good'));
    await latecomer.context.close();
  });

  chapter('a page with the snippet shows an empty thread, and the admin UI sees it', async () => {
    await nora.opens(page);
    await nora.sees(nora.empty, nora.composer);
    await nora.shot('thread-empty');
    await walt.sees(walt.page.getByText(`Seen on ${blog.origin}`));
    await walt.shot('admin-seen');
    nora.assertCalm();
  });

  chapter('a page on an unlisted origin is turned away, and one button allows it', async () => {
    await stranger.opens(otherPage);
    await stranger.sees(stranger.page.getByText(`Add ${blog.otherOrigin} to this site’s origins`));
    await stranger.shot('thread-refused');
    // The browser itself reports what it kept from the script; that is for the page's owner to see.
    assert.ok(stranger.takeErrors().every((error) => /CORS|Failed to load resource/.test(error)));

    const allow = walt.button(`Allow this origin: ${blog.otherOrigin}`);
    await walt.sees(allow);
    await walt.shot('admin-refused');
    await allow.click();
    await walt.sees(walt.page.getByText(`Waiting for the first load from ${blog.otherOrigin}`));
    await stranger.reloads();
    await stranger.sees(stranger.empty);
    await walt.sees(walt.page.getByText(`Seen on ${blog.otherOrigin}`));
    stranger.assertCalm();
  });

  chapter('a comment in Markdown is previewed, posted, and waits for approval across a reload', async () => {
    await nora.writes(RICH, 'Nora');
    await nora.looksAtPreview();
    await nora.sees(
      nora.preview.locator('strong', { hasText: 'waxed cord' }),
      nora.preview.getByRole('listitem').filter({ hasText: '0.6 mm' }),
      nora.preview.locator('code', { hasText: 'one turn' }),
    );
    assert.equal(await nora.preview.locator('script').count(), 0, 'no script comes out of a comment');
    await nora.shot('thread-preview');

    await nora.posts();
    await nora.sees(nora.waiting('waxed cord'));
    await nora.shot('thread-pending');
    await nora.reloads();
    await nora.sees(nora.waiting('waxed cord'));

    await stranger.opens(page);
    await stranger.sees(stranger.empty);
  });

  chapter('approved in the queue, it is there for everybody, and can be answered', async () => {
    await walt.goesToQueue();
    await walt.sees(walt.comment('waxed cord'));
    await walt.shot('admin-queue');
    await walt.decides('waxed cord', 'Approve');

    await stranger.reloads();
    await stranger.sees(stranger.comment('waxed cord').locator('strong', { hasText: 'waxed cord' }));
    await stranger.answers('waxed cord', QUESTION);
    await stranger.sees(stranger.waiting(QUESTION));

    await nora.reloads();
    await nora.sees(nora.comment('waxed cord'));
    await nora.seesNo(nora.waiting('waxed cord'));
    assert.equal(await nora.comment(QUESTION).count(), 0, 'a pending reply is for its author only');
  });

  chapter('replies to replies make a tree', async () => {
    await walt.press('Look for new ones');
    await walt.decides(QUESTION, 'Approve');
    await nora.reloads();
    await nora.answers(QUESTION, REPLY);
    await nora.sees(nora.waiting(REPLY));
    await walt.press('Look for new ones');
    await walt.decides(REPLY, 'Approve');

    await stranger.reloads();
    await stranger.sees(stranger.comment(REPLY));
    const lists = stranger.page.locator('parlour-comments').getByRole('list');
    const nested = lists.locator('li li li').filter({ hasText: REPLY });
    await stranger.sees(nested);
    await stranger.shot('thread-tree');
  });

  chapter('moderators reject, mark as spam, edit, answer as the team, and undo', async () => {
    for (const text of [NASTY, JUNK, DOUBTFUL, TYPO]) {
      await stranger.writes(text, 'Otto');
      await stranger.posts();
      await stranger.sees(stranger.waiting(text));
    }
    await walt.press('Look for new ones');
    await walt.decides(NASTY, 'Reject');
    await walt.decides(JUNK, 'Spam');
    await walt.decides(DOUBTFUL, 'Reject');
    await walt.takesBack('Comment rejected');
    await walt.sees(walt.comment(DOUBTFUL));
    await walt.decides(DOUBTFUL, 'Approve');
    await walt.edits(TYPO, TYPO.replace('teh', 'the'));
    await walt.answers('the same model', 'Then you know the *smell*, too.', 'Approve and reply');

    await walt.looksAt('Rejected');
    await walt.sees(walt.comment(NASTY));
    await walt.looksAt('Spam');
    await walt.sees(walt.comment(JUNK));
    await walt.shot('admin-spam');

    await nora.reloads();
    await nora.sees(
      nora.comment('My grandfather had the same model.').getByText('(edited)'),
      nora.comment('Then you know the').getByText('Team'),
      nora.comment(DOUBTFUL),
    );
    assert.equal(await nora.comment(NASTY).count(), 0);
    assert.equal(await nora.comment(JUNK).count(), 0);
    await nora.shot('thread-moderated');

    await stranger.reloads();
    await stranger.sees(stranger.comment(NASTY).getByText('Not published'));
  });

  chapter('a deleted comment with replies leaves a tombstone, one without replies nothing', async () => {
    await walt.looksAt('Published');
    await walt.shot('admin-published');
    await walt.decides(QUESTION, 'Delete');
    await walt.decides(DOUBTFUL, 'Delete');
    await nora.reloads();
    await nora.sees(nora.comment('This comment was removed.'), nora.comment(REPLY));
    assert.equal(await nora.comment(QUESTION).count(), 0);
    assert.equal(await nora.comment(DOUBTFUL).count(), 0);
    await nora.shot('thread-tombstone');
  });

  chapter('changed settings and origins hold from the next read on', async () => {
    await walt.goesToSite('Walt’s Workbench', 'Settings');
    // What is wrong is seen, also where another choice would hide it.
    const links = walt.page.getByLabel('Links that make a comment wait');
    await walt.page.getByRole('radio', { name: 'Hold what has links' }).check();
    await links.fill('0');
    await walt.page.getByRole('radio', { name: 'Show at once' }).check();
    await walt.button('Save changes').press('Enter');
    await walt.sees(walt.page.getByText('From 1 to 100.', { exact: true }));
    await links.fill('12');
    assert.equal(await links.inputValue(), '12');
    await walt.page.getByLabel('Notice under the form').fill('Be kind, and unplug it first.');
    await walt.shot('admin-settings');
    // By keyboard: the note about the last decision may still lie over the corner where the button is.
    await walt.button('Save changes').press('Enter');
    await walt.sees(walt.page.getByText('Saved', { exact: true }));

    await nora.reloads();
    await nora.sees(nora.page.getByText('Be kind, and unplug it first.'));
    await nora.writes(LATE);
    await nora.posts();
    await nora.sees(nora.comment(LATE));
    await nora.seesNo(nora.waiting(LATE));
    await stranger.opens(page);
    await stranger.sees(stranger.comment(LATE));
    stranger.assertCalm();

    await walt.goesToSite('Walt’s Workbench', 'Origins');
    await walt.press(`Remove ${blog.otherOrigin}`);
    await walt.press('Remove origin');
    await walt.seesNo(walt.button(`Remove ${blog.otherOrigin}`));
    await walt.shot('admin-origins');
    await stranger.opens(otherPage);
    await stranger.sees(stranger.page.getByText('Comments cannot be shown on this page.'));
    stranger.takeErrors();
  });

  chapter('another signing key is on the screen as soon as it is made', async () => {
    await walt.goesToSite('Walt’s Workbench', 'Signing key');
    await walt.press('Show key');
    const key = walt.page.getByLabel('Key', { exact: true });
    const before = await key.innerText();
    // Nothing need be asked for again.
    await walt.page.route('**/signing-key', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    );
    await walt.press('Make another key');
    await walt.page.getByRole('dialog').getByRole('button', { name: 'Make another key' }).click();
    await walt.sees(walt.page.getByText('There is another key now'));
    assert.match(await key.innerText(), /^[0-9a-f]{64}$/);
    assert.notEqual(await key.innerText(), before);
    await walt.page.unroute('**/signing-key');
  });

  chapter('signing out and in again leads to the overview', async () => {
    await walt.press(`Account: ${OWNER.name}`);
    await walt.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await walt.page.getByLabel('Email').fill(OWNER.email);
    await walt.page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
    await walt.shot('admin-sign-in');
    await walt.press('Sign in');
    await walt.sees(walt.page.getByRole('heading', { name: 'Overview', exact: true }));
    await walt.page.reload();
    await walt.sees(walt.page.getByRole('heading', { name: 'Overview', exact: true }));
  });

  chapter('nobody got a cookie, talked to a third party, or found an error in the console', async () => {
    for (const reader of [nora, stranger]) {
      assert.deepEqual(await reader.context.cookies(), [], 'no cookie on the visitor’s side');
      assert.deepEqual(reader.cookieSetters, []);
      const known = [blog.origin, blog.otherOrigin, parlour.url];
      assert.deepEqual(
        [...reader.origins].filter((origin) => !known.includes(origin)),
        [],
      );
      reader.assertCalm();
    }
    assert.deepEqual([...walt.origins], [parlour.url], 'the admin UI talks to its server alone');
    // The browser notes the 401 by which the UI learns, on its first page, that nobody is signed in.
    const unexpected = walt.takeErrors().filter((error) => !/ 401 .*\/v1\/admin\/session\/renew/.test(error));
    assert.deepEqual(unexpected, []);
  });
});
