// What a reader without an account wrote, found by a mailed link: seen, changed, taken out, deleted; without scripts and without a cookie.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe } from 'node:test';
import { audit } from './lib/axe.mjs';
import { startBlog } from './lib/blog.mjs';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { linkIn, openMailbox } from './lib/mailbox.mjs';
import { Owner } from './lib/owner.mjs';
import { openBrowser, Person } from './lib/people.mjs';
import { Reader } from './lib/reader.mjs';
import { startParlour } from './lib/server.mjs';

const ADA = 'ada@readers.example';
const OTHER_NAME = 'Ada@Readers.example';

describe('what one wrote, by a mailed link', () => {
  let mailbox, blog, parlour, browser, owner, site, page, reader, ada, link;
  const { chapter, broken } = chapters();

  before(async () => {
    mailbox = await openMailbox();
    blog = await startBlog();
    parlour = await startParlour({ PARLOUR_SMTP_URL: mailbox.url, PARLOUR_MAIL_FROM: 'Parlour <talk@example.org>' });
    browser = await openBrowser();
    owner = await Owner.settle(parlour);
    site = await owner.site(parlour.url, [blog.origin], { edit_minutes: 15 });
    page = blog.publish('post', site.snippet);
    reader = await Reader.arrive(browser);
    // Signed in nowhere, and without scripts.
    ada = await Person.arrive(browser, { javaScriptEnabled: false });
  });

  after(async () => {
    if (broken()) await Promise.allSettled([reader?.shot('failed-mine-reader'), ada?.shot('failed-mine-ada')]);
    await browser?.close();
    await Promise.all([parlour?.stop(), blog?.stop()]);
    await mailbox?.stop();
  });

  const goes = (name, person = ada) => person.page.getByRole('link', { name }).first().click();

  const presses = (name) => ada.page.getByRole('button', { name, exact: true }).click();

  const reads = (text, person = ada) => person.sees(person.page.getByText(text).first());

  /** How a page looks to somebody with scripts, who must be somebody else: those who look at pages for us are scripts. */
  async function assertFine(url, name) {
    const other = await Person.arrive(browser);
    await other.page.goto(url);
    await assertFineEverywhere(other, name, 'body', '');
    other.assertCalm();
    assert.deepEqual(await other.context.cookies(), [], 'no cookie');
    assert.deepEqual([...other.origins], [parlour.url], 'nobody else is asked');
    await other.context.close();
  }

  chapter('a reader writes with his mail address', async () => {
    await reader.opens(page);
    await reader.canWrite();
    await reader.writes('How long is the antenna?', 'Ada');
    await reader.page.getByLabel('Email').first().fill(ADA);
    await reader.posts();
    await reader.sees(reader.comment('How long is the antenna?'));
    await reader.writes('And how *thick*?');
    await reader.posts();
    await reader.sees(reader.comment('And how thick?'));
  });

  chapter('he asks for the link below the form, with the address that he wrote with', async () => {
    const mine = reader.page.getByRole('button', { name: 'My comments' }).first();
    await mine.click();
    const email = reader.page.getByRole('textbox', { name: 'Email' }).last();
    assert.equal(await email.inputValue(), ADA);
    await reader.hasFocus(email);
    for (const [device, width] of [['phone', 360], ['desk', 1280]]) {
      for (const colorScheme of ['light', 'dark']) {
        await reader.page.setViewportSize({ width, height: 900 });
        await reader.page.emulateMedia({ colorScheme });
        assert.ok((await reader.excess()) <= 0, `the ${device} is too narrow`);
        await reader.shot(`mine-embed-${device}-${colorScheme}`);
      }
    }
    await audit(reader, 'asking for the link');
    await email.fill('nobody');
    await reader.page.getByRole('button', { name: 'Send the link' }).click();
    await reads('This does not look like an email address.', reader);
    // However it is typed.
    await email.fill(OTHER_NAME);
    await reader.page.getByRole('button', { name: 'Send the link' }).click();
    await reads('a link is on its way there', reader);
    await audit(reader, 'the link is on its way');
    await mine.click();
    await reader.seesNo(reader.page.getByText('a link is on its way there'));
    assert.deepEqual(
      reader.takeErrors().filter((error) => !/422/.test(error)),
      [],
    );
  });

  chapter('the mail leads to all that he wrote', async () => {
    const mail = await mailbox.mailTo(OTHER_NAME);
    assert.equal(mail.subject, 'Your comments on Walt’s Workbench');
    link = linkIn(mail);
    assert.ok(link.startsWith(`${parlour.url}/mail/mine/`), link);
    await ada.page.goto(link);
    await reads('Your comments on “Walt’s Workbench”');
    await reads('How long is the antenna?');
    await reads('You follow nothing on this site.');
    assert.deepEqual(await ada.page.getByRole('article').count(), 2);
    await assertFine(link, 'mine-list');
  });

  chapter('he changes one, and the page shows it', async () => {
    await goes(/^Change/);
    await assertFine(ada.page.url(), 'mine-edit');
    const box = ada.page.getByRole('textbox', { name: 'Your comment (Markdown)' });
    assert.equal(await box.inputValue(), 'And how *thick*?');
    await box.fill(' ');
    await presses('Save');
    await reads('This is too short.');
    await ada.shot('mine-edit-refused');
    // The browser tells of the refusal, too.
    assert.ok(ada.takeErrors().every((error) => /422/.test(error)));
    await box.fill('And how *thick* is it?\n\nReally?');
    await presses('Save');
    await reads('The change is published.');
    await ada.shot('mine-edited');
    await reader.sees(reader.comment('And how thick is it?'));
  });

  chapter('he takes everything with him', async () => {
    await goes('Back to my comments and mails');
    const coming = ada.page.waitForEvent('download');
    await goes('Download (JSON)');
    const file = await coming;
    assert.equal(file.suggestedFilename(), `comments-${site.key}.json`);
    const taken = JSON.parse(await readFile(await file.path(), 'utf8'));
    assert.deepEqual(
      taken.comments.map(({ source }) => source),
      ['And how *thick* is it?\n\nReally?', 'How long is the antenna?'],
    );
  });

  chapter('he deletes one', async () => {
    await goes(/^Delete/);
    await assertFine(ada.page.url(), 'mine-delete');
    await reads('Delete this comment?');
    await reader.sees(reader.comment('And how thick is it?'));
    await presses('Delete');
    await reads('Your comment is deleted');
    await reader.seesNone(reader.comment('And how thick is it?'));
    await goes('Back to my comments and mails');
    await reads('deleted');
  });

  chapter('he wants no more mails, and then some again', async () => {
    await goes('No more mails from this site');
    await assertFine(ada.page.url(), 'mine-stop');
    await presses('Stop');
    await reads('Done: these mails have ended');
    await goes('Back to my comments and mails');
    await reads('You get no more mails from readers of this site.');
    await assertFine(link, 'mine-silent');
    await goes('Get mails again');
    await presses('Get mails again');
    await goes('Back to my comments and mails');
    await reads('You follow nothing on this site.');
    assert.deepEqual(await ada.context.cookies(), []);
    ada.assertCalm();
  });

  chapter('a link that is none says how to get another', async () => {
    const other = await Person.arrive(browser, { locale: 'de-AT' });
    await other.page.goto(`${link.slice(0, -4)}void`);
    await reads('Dieser Link gilt nicht mehr', other);
    await assertFineEverywhere(other, 'mine-void', 'body', '');
    await other.page.goto(link);
    await reads('Ihre Kommentare auf „Walt’s Workbench“', other);
    await other.shot('mine-list-german');
    await other.context.close();
  });
});
