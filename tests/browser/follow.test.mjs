// Readers follow by mail, through a real mail server: asked for on the page, confirmed by a link, told, and left again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { audit } from './lib/axe.mjs';
import { linkIn, openMailbox } from './lib/mailbox.mjs';
import { stage } from './lib/stage.mjs';

describe('following by mail', () => {
  const settings = { PARLOUR_MAIL_FROM: 'Parlour <talk@example.org>', PARLOUR_LIMIT_SUBSCRIBE: '100/60' };
  let mailbox;
  before(async () => {
    mailbox = await openMailbox();
    settings.PARLOUR_SMTP_URL = mailbox.url;
  });
  const on = stage(settings);
  after(() => mailbox?.stop());

  const linkTo = (mail, what) => new RegExp(`http\\S+/mail/${what}/\\S+`).exec(mail.text)[0];

  /** A page behind a link, where no script runs. */
  async function behind(link, act, options) {
    const reader = await on.reader({ javaScriptEnabled: false, ...options });
    await reader.page.goto(link);
    await act(reader);
    await reader.context.close();
  }

  const presses = (reader, name) => reader.page.getByRole('button', { name }).click();

  it('is offered once an address is typed, and told of answers after one confirmation', async () => {
    const site = await on.site({ moderation: 'links' });
    const page = on.publish(site);
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      await reader.writes('Does it hum?', 'Ada');
      const choice = reader.page.getByRole('combobox', { name: 'Tell me by mail of' });
      assert.equal(await choice.count(), 0, 'nothing to choose without an address');
      await reader.page.getByLabel('Email').first().fill('ada@example.org');
      await choice.selectOption('replies to my comment');
      await reader.page.getByLabel('Also when my comment is published').waitFor();
      await audit(reader, 'what is told by mail');
      await reader.shot('follow-form');
      await reader.posts();
      await reader.comment('Does it hum?').waitFor();
    });
    const asked = await mailbox.mailTo('ada@example.org');
    assert.match(asked.subject, /Do you want mail about comments/);
    assert.ok(!asked.text.includes('Does it hum?'), asked.text);
    await behind(linkTo(asked, 'follow'), async (reader) => {
      await reader.page.getByText('answers to a comment on').waitFor();
      await reader.shot('follow-confirm');
      await presses(reader, 'Yes, send them to me');
      await reader.page.getByText('Confirmed.').waitFor();
      await reader.shot('follow-confirmed');
    });
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      await reader.answers('Does it hum?', 'A *little*.');
      await reader.comment('A little.').waitFor();
    });
    const told = await mailbox.mailTo('ada@example.org');
    assert.match(told.subject, /answered on/);
    assert.ok(told.text.includes('> A *little*.') && told.html.includes('<em>little</em>'), told.html);
    const reader = await on.reader();
    await reader.page.setContent(told.html);
    await reader.shot('follow-mail');
    await reader.page.setContent(asked.html);
    await reader.shot('follow-mail-asks');

    for (const what of ['follow', 'unfollow']) {
      await reader.page.goto(linkTo(what === 'follow' ? asked : told, what));
      await audit(reader, what, 'main');
    }
    // The link to the comment leads there.
    const there = /http\S+#parlour-\d+/.exec(told.text)[0];
    await reader.opens(there);
    await reader.comment('A little.').waitFor();

    await behind(linkTo(told, 'unfollow'), async (other) => {
      await other.page.getByText('Nothing changes before you press a button.').waitFor();
      await other.shot('unfollow');
      await presses(other, /No more mail about/);
      await other.page.getByText('You get no more mail about').waitFor();
      await other.shot('unfollow-done');
    });
    await behind(
      linkTo(told, 'unfollow'),
      async (other) => {
        await other.page.getByText('Erst wenn Sie einen Knopf drücken').waitFor();
        await other.shot('unfollow-german');
        await presses(other, /von keiner Website hier/);
        await other.page.getByText('Sie bekommen keine E-Mails mehr über Kommentare').waitFor();
        await presses(other, 'Mich wieder benachrichtigen lassen');
        await other.page.getByText('Was beendet ist, bleibt beendet.').waitFor();
      },
      { locale: 'de-DE' },
    );
  });

  it('needs no comment: an address is enough, and a pending one is told of when it is published', async () => {
    const site = await on.site({ moderation: 'all' });
    const page = on.publish(site);
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      assert.equal(await reader.page.getByRole('button', { name: 'Follow by mail' }).count(), 0, 'nobody has written yet');
      await reader.writes('Held at first', 'Eve');
      await reader.page.getByLabel('Email').first().fill('eve@example.org');
      await reader.page.getByLabel('Also when my comment is published').check();
      await reader.posts();
      await reader.waiting('Held at first').waitFor();
    });
    const asked = await mailbox.mailTo('eve@example.org');
    await behind(linkIn(asked), async (reader) => {
      await reader.page.getByText('the publication of your comment').waitFor();
      await presses(reader, 'Yes, send them to me');
      await reader.page.getByText('Confirmed.').waitFor();
    });
    const held = await on.owner.asks('GET', `/comments?state=pending&site_id=${site.id}`);
    await site.decide('publish', ...held.comments);
    const told = await mailbox.mailTo('eve@example.org');
    assert.match(told.subject, /is published/);

    await on.visit(page, async (reader) => {
      await reader.canWrite();
      const button = reader.page.getByRole('button', { name: 'Follow by mail' });
      await button.click();
      const field = reader.page.locator('.follow').getByLabel('Email');
      await field.fill('no address');
      await field.press('Enter');
      await reader.page.getByText('This does not look like an email address.').waitFor();
      await field.fill('bob@example.org');
      await audit(reader, 'a form to follow');
      await reader.shot('follow-thread');
      await field.press('Enter');
      await reader.page.locator('.follow').getByText('a mail with a link is on its way').waitFor();
      await reader.shot('follow-thread-asked');
    });
    await mailbox.mailTo('bob@example.org');
  });

  it('is not there where the site does not offer it', async () => {
    const site = await on.site({ follow_by_mail: false });
    const page = on.publish(site);
    await site.post(page, 'Does it hum?');
    await on.visit(page, async (reader) => {
      await reader.canWrite();
      await reader.writes('Quiet', 'Ada');
      await reader.page.getByLabel('Email').first().fill('ada@example.org');
      await reader.sees(reader.postButton);
      assert.equal(await reader.page.getByRole('button', { name: 'Follow by mail' }).count(), 0);
      assert.equal(await reader.page.getByRole('combobox', { name: 'Tell me by mail of' }).count(), 0);
    });
  });
});
