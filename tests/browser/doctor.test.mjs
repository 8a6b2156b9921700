// A page on which comments do not show, and its owner who finds out why: in the page itself, and in the admin pages.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { startBlog } from './lib/blog.mjs';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere, WIDTHS } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { openBrowser } from './lib/people.mjs';
import { Reader } from './lib/reader.mjs';
import { startParlour } from './lib/server.mjs';

const OWNER = { name: 'Walt Kettering', email: 'walt@example.org', password: 'waxed linen dial cord' };


describe('the doctor', () => {
  let browser, parlour, blog, origin, other, walt, reader, snippet;
  const { chapter, broken } = chapters();

  before(async () => {
    blog = await startBlog();
    parlour = await startParlour({
      PARLOUR_OUTGOING_PORTS: new URL(blog.origin).port,
      PARLOUR_OUTGOING_PRIVATE: '127.0.0.1/32',
      PARLOUR_SIGN_UP: 'open',
    });
    const { port } = new URL(blog.origin);
    browser = await openBrowser(['MAP bench.example 127.0.0.1', 'MAP shed.example 127.0.0.1']);
    origin = `http://bench.example:${port}`;
    other = `http://shed.example:${port}`;
    walt = await Moderator.arrive(browser);
    reader = await Reader.arrive(browser);
  });

  after(async () => {
    if (broken()) await Promise.allSettled([walt?.shot('failed-doctor-walt'), reader?.shot('failed-doctor-reader')]);
    await browser?.close();
    await parlour?.stop();
    await blog?.stop();
  });

  /** A page of the owner's blog, seen at one of its names. */
  const publish = (text, options, at = origin) => {
    const { pathname } = new URL(blog.publish('plain-post', text, options));
    return at + pathname;
  };

  const debugging = (text = snippet) => text.replace(' async', ' async data-debug');

  const panel = () => reader.page.getByRole('region', { name: /^Parlour (on this page|auf dieser Seite)$/ });

  const card = (name) => walt.page.getByRole('listitem').filter({ hasText: name });

  chapter('the owner takes the snippet for what his pages are made with', async () => {
    await walt.opensSetupLink(parlour.setupLink, OWNER);
    await walt.createsTenant('Walt’s sites');
    await walt.createsSite({ name: 'Workbench', origins: [origin], moderation: 'Show at once' });
    snippet = await walt.snippet();
    assert.match(snippet, /<parlour-comments><\/parlour-comments>/);
    await walt.page.getByRole('tab', { name: 'Hugo' }).click();
    await walt.sees(walt.page.getByText('layouts/partials/parlour.html'));
    await walt.sees(walt.page.getByText('{{ .Permalink }}'));
    await walt.sees(walt.page.getByText('Nothing is in the way, as far as can be seen from here.'));
    await assertFineEverywhere(walt, 'installation');
  });

  chapter('a page as it should be loads nothing for the doctor', async () => {
    const parts = [];
    reader.page.on('request', (request) => parts.push(new URL(request.url()).pathname));
    await reader.opens(publish(snippet));
    await reader.sees(reader.empty);
    await reader.canWrite();
    assert.ok(!parts.includes('/embed/debug.js'), parts.join(' '));
    reader.assertCalm();
    await walt.sees(walt.page.getByText(`Seen on ${origin}`));
  });

  chapter('data-debug shows in the page that nothing is in the way', async () => {
    await reader.opens(publish(debugging()));
    await reader.sees(panel().getByText('Nothing is in the way of comments here.'));
    await reader.sees(panel().getByText('“Workbench” answers.'));
    await assertFineEverywhere(reader, 'debug-good', '#parlour-debug', '');
    await panel().getByRole('button', { name: 'Close' }).click();
    await reader.seesNo(panel());
    reader.assertCalm();
  });

  chapter('a page that calls itself German is told so in German', async () => {
    await reader.opens(publish(debugging(), { lang: 'de' }));
    await reader.sees(panel().getByText('Hier steht Kommentaren nichts im Weg.'));
    await panel().getByRole('button', { name: 'Noch einmal prüfen' }).click();
    await reader.sees(panel().getByText('„Workbench“ antwortet.'));
  });

  chapter('a policy that blocks is told in the page and, by the browser’s report, in the admin pages', async () => {
    const host = parlour.url;
    const key = /data-site="(\w+)"/.exec(snippet)[1];
    const policy = `script-src ${host}; report-uri ${host}/v1/sites/${key}/csp-reports; connect-src 'self'`;
    await reader.opens(publish(debugging(), { headers: { 'Content-Security-Policy': policy } }));
    await reader.sees(panel().getByText('In the way', { exact: true }));
    await reader.sees(panel().getByText(/connect-src/));
    await assertFineEverywhere(reader, 'debug-policy', '#parlour-debug', '');
    await walt.sees(card('The content security policy blocks us (connect-src)'));
    await walt.sees(card('connect-src').getByText(`connect-src ${host}`));
    reader.takeErrors();
  });

  chapter('a wrong key is told to whose page it is, with the right one', async () => {
    await reader.opens(publish(debugging().replace(/data-site="\w+"/, 'data-site="YOURKEY"')));
    await reader.sees(panel().getByText('In the way', { exact: true }));
    await walt.sees(card('A page asks with the key “YOURKEY”').getByText(/data-site="\w+"/));
    reader.takeErrors();
  });

  chapter('a script without an element says so where the owner looks', async () => {
    await reader.opens(publish(debugging().replace(/<parlour-comments.*/, '')));
    await reader.sees(panel().getByText('There is no place for comments on this page.'));
    reader.assertCalm();
  });

  chapter('an origin that was turned away is allowed by one click, and the page shows comments', async () => {
    const page = publish(debugging(), {}, other);
    await reader.opens(page);
    await reader.sees(panel().getByText(new RegExp(`${other.replaceAll('.', '\\.')}`)));
    await walt.sees(card(`${other} was turned away`));
    await assertFineEverywhere(walt, 'doctor');
    await walt.press(`Allow this origin: ${other}`);
    await walt.sees(walt.page.getByText(`${other} is allowed now. Reload the page there.`));
    await reader.reloads();
    await reader.sees(reader.empty, panel().getByText('Nothing is in the way of comments here.'));
    await walt.seesNo(card(`${other} was turned away`));
    await walt.press('Dismiss: A page asks with the key “YOURKEY”');
    await walt.seesNo(card('YOURKEY'));
    reader.takeErrors();
  });

  chapter('the server looks at a page on demand', async () => {
    // By an address that this machine has; the names above are the browser's alone.
    const page = blog.publish('plain-post', snippet.replace(/<parlour-comments.*/, ''), {
      headers: { 'Content-Security-Policy': "default-src 'self'" },
    });
    const at = page.replace('localhost', '127.0.0.1');
    await walt.goesToSite('Workbench', 'Origins');
    await walt.page.getByRole('textbox', { name: 'Origin' }).fill(blog.otherOrigin);
    await walt.press('Add origin');
    await walt.sees(walt.page.getByText(blog.otherOrigin).first());
    await walt.goesToSite('Workbench', 'Installation');
    await walt.page.getByLabel('Address of a page').fill(at);
    await walt.press('Look at the page');
    await walt.sees(walt.page.getByText('There is no place for comments in the page.'));
    await walt.sees(walt.page.getByText(`script-src 'self' ${parlour.url}`));
    await walt.sees(walt.page.getByText('3 things are in the way.'));
    await assertFineEverywhere(walt, 'check');
    await walt.page.getByLabel('Address of a page').fill('https://elsewhere.example/');
    await walt.press('Look at the page');
    await walt.sees(walt.page.getByText('This is not the address of a page on one of this site’s origins.'));
    assert.ok(walt.takeErrors().every((error) => /422/.test(error)));
  });

  chapter('a device whose clock is wrong is counted when its reader writes', async () => {
    const early = await Reader.arrive(browser);
    await early.page.addInitScript(() => {
      const { now } = Date;
      Date.now = () => now() + 10 * 60_000;
    });
    await early.opens(publish(snippet));
    await early.writes('Is it that late already?', 'Early');
    await early.posts();
    await walt.goesToSite('Workbench', 'Installation');
    await walt.sees(card('Clocks of readers and of the server are minutes apart').getByText(origin));
    await early.context.close();
    const told = [];
    reader.page.on('request', (request) => told.push(request.url()));
    await reader.opens(publish(snippet));
    await reader.writes('It is not.', 'Grace');
    await reader.posts();
    await reader.sees(reader.page.getByText('It is not.'));
    assert.ok(!told.some((url) => url.includes('clock_skew')), told.join(' '));
  });

  chapter('the preview follows the form before anything is saved', async () => {
    await walt.page.setViewportSize(WIDTHS.desk);
    await walt.goesToSite('Workbench', 'Settings');
    const preview = walt.page.frameLocator('iframe[title="Preview of the comments"]');
    await preview.getByText('Thank you, this is the first explanation').waitFor();
    await walt.page.getByLabel('Notice under the form').fill('Be kind to the radio.');
    await preview.getByText('Be kind to the radio.').waitFor();
    await preview.getByRole('button', { name: 'Vote down' }).first().waitFor();
    await walt.page.getByRole('radio', { name: /^Likes/ }).check();
    await preview.getByRole('button', { name: 'Like' }).first().waitFor();
    await preview.getByRole('textbox', { name: 'Your comment' }).fill('Tried out.');
    await preview.getByLabel('Name').first().fill('Walt');
    await preview.getByRole('button', { name: 'Post', exact: true }).click();
    await preview.getByText('This is a preview: nothing was sent or stored.').waitFor();
    await preview.getByText('Tried out.').waitFor();
    await walt.page.getByText('Dark', { exact: true }).click();
    await preview.locator('html[data-shade=dark]').waitFor({ state: 'attached' });
    await walt.shot('preview-desk');
    await assertFineEverywhere(walt, 'settings');

    await walt.page.setViewportSize(WIDTHS.phone);
    await walt.page.getByText('Preview', { exact: true }).first().click();
    await preview.getByText('Be kind to the radio.').waitFor();
    await walt.shot('preview-phone');
    walt.assertCalm();
  });
});
