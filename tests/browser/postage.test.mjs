// Mail from behind: how it stands, what came back, and what mails say in the name of a site.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { openMailbox } from './lib/mailbox.mjs';
import { Moderator } from './lib/moderator.mjs';
import { openBrowser } from './lib/people.mjs';
import { startParlour } from './lib/server.mjs';

const OLIVE = { name: 'Olive Turner', email: 'olive@example.org', password: 'brass gauge steam whistle' };
const SITE = { name: 'Workbench', origins: ['https://bench.example'], moderation: 'Approve everything first' };
const KEY = 'a-key-for-programs-0123456789-abcdef';

describe('mail from behind', () => {
  let browser, parlour, mailbox, olive;
  const { chapter, broken } = chapters();

  before(async () => {
    mailbox = await openMailbox();
    parlour = await startParlour({
      PARLOUR_SMTP_URL: mailbox.url,
      PARLOUR_MAIL_FROM: 'Parlour <talk@example.org>',
      PARLOUR_BOUNCE_KEY: KEY,
    });
    browser = await openBrowser();
    olive = await Moderator.arrive(browser);
  });

  after(async () => {
    if (broken()) await Promise.allSettled([olive?.shot('failed-postage')]);
    await browser?.close();
    await parlour?.stop();
    await mailbox?.stop();
  });

  const said = (text) => olive.page.getByText(text).first();
  const dialog = () => olive.page.getByRole('dialog');
  const heading = (name) => olive.page.getByRole('heading', { level: 1, name });
  const bounces = () => olive.page.getByRole('listitem').filter({ hasText: 'reported' });

  async function bounced(address, kind, diagnostic) {
    const answer = await fetch(`${parlour.url}/v1/operator/mail/bounces`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ address, kind, diagnostic }),
    });
    assert.equal(answer.status, 201, await answer.text());
  }

  chapter('the operator sends a test mail, and sees that the mail server takes it', async () => {
    await olive.opensSetupLink(parlour.setupLink, OLIVE);
    await olive.createsTenant('Olive’s sites');
    await olive.createsSite(SITE);
    await olive.page.goto(`${parlour.url}/admin/operator/mail`);
    await olive.sees(heading('Mail'));
    await olive.press('Send me a test mail');
    await olive.sees(said('Sent. Look into your mailbox'));
    const mail = await mailbox.mailTo(OLIVE.email);
    assert.equal(mail.subject, 'Mail from the comment service arrives');
    await olive.page.reload();
    await olive.sees(said('Takes mail'));
    await olive.sees(said('2000 in 3600 seconds for a site'));
  });

  chapter('a program reports what came back, and the operator finds and lifts it', async () => {
    await bounced(OLIVE.email, 'hard', `550 5.1.1 <${OLIVE.email}> no such user`);
    await bounced('gone@example.net', 'complaint', 'abuse');
    await olive.page.reload();
    await olive.sees(said('550 5.1.1 … no such user'));
    assert.equal(await bounces().count(), 2);
    assert.ok(!(await olive.page.content()).includes('gone@example.net'));
    await assertFineEverywhere(olive, 'operator-mail');
    const search = olive.page.getByRole('searchbox', { name: 'Look for a mail address' });
    await search.fill(OLIVE.email);
    await olive.seesNo(said('Complaint', { exact: true }).and(bounces().filter({ hasText: 'Complaint' })));
    await olive.page.waitForFunction(() => document.querySelectorAll('main li').length === 1);
  });

  chapter('a moderator whose mail came back is told so', async () => {
    await olive.page.goto(`${parlour.url}/admin/`);
    await olive.sees(olive.page.getByRole('navigation', { name: 'Main' }));
    const { pathname } = new URL(olive.page.url());
    const [, tenantId] = /\/t\/([^/]+)/.exec(pathname) ?? [];
    await olive.page.goto(`${parlour.url}/admin/t/${tenantId}/notifications`);
    await olive.sees(said('Mails to you do not arrive'));
    await assertFineEverywhere(olive, 'notifications-failing');
    await olive.page.goto(`${parlour.url}/admin/operator/mail`);
    await olive.page.getByRole('listitem').filter({ hasText: 'Hard bounce' }).getByRole('button', { name: 'Lift' }).click();
    await dialog().getByRole('button', { name: 'Lift' }).click();
    await olive.seesNo(dialog());
    await olive.seesNo(said('550 5.1.1 … no such user'));
    await olive.page.goto(`${parlour.url}/admin/t/${tenantId}/notifications`);
    await olive.sees(heading('Mails about comments'));
    await olive.seesNo(said('Mails to you do not arrive'));
  });

  chapter('an owner writes what mails say, with a preview and a test', async () => {
    await olive.goesToSite(SITE.name, 'Mails');
    const field = (name) => olive.page.getByRole('textbox', { name, exact: true });
    await olive.sees(said('My grandmother had one of these.'));
    await field('Subject').fill('{author} at {nowhere}');
    await olive.sees(said('This mail has no such name in braces.'));
    assert.ok(await olive.button('Save').isDisabled());
    await field('Subject').fill('{author} at {site}');
    await field('Beginning').fill('Good morning,\n\n{author} wrote something, which {state}. <b>Hurry</b>');
    await field('End').fill('The workbench');
    await olive.sees(said('Ada at Workbench'));
    const frame = olive.page.frameLocator('iframe[title="Preview"]');
    await olive.sees(frame.getByText('Ada wrote something, which waits for you. <b>Hurry</b>'));
    await assertFineEverywhere(olive, 'mail-texts');
    await olive.press('Send me a test');
    await olive.sees(said(`A test is on its way to ${OLIVE.email}.`));
    const mail = await mailbox.mailTo(OLIVE.email);
    assert.equal(mail.subject, 'Ada at Workbench');
    assert.match(mail.text, /^Good morning,\n\nAda wrote something/);
    await olive.press('Save');
    await olive.sees(olive.button('Back to the service’s words'));
  });

  chapter('mails say it from then on', async () => {
    const [, siteId] = /sites\/([^/]+)/.exec(olive.page.url());
    assert.ok(siteId);
    await olive.goesToSite(SITE.name, 'Installation');
    const [, key] = /data-site="([^"]+)"/.exec(await olive.snippet());
    const answer = await fetch(`${parlour.url}/v1/sites/${key}/comments`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: 'https://bench.example' },
      body: JSON.stringify({ thread: { id: 'radio' }, text: 'A word', author: { name: 'Grace' } }),
    });
    assert.equal(answer.status, 202, await answer.text());
    const mail = await mailbox.mailTo(OLIVE.email);
    assert.equal(mail.subject, 'Grace at Workbench');
    assert.match(mail.text, /The workbench/);
    await olive.goesToSite(SITE.name, 'Mails');
    await olive.press('Back to the service’s words');
    await olive.seesNo(olive.button('Back to the service’s words'));
  });
});
