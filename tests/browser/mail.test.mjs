// Accounts by mail, through a real mail server: signed up and verified, invited, demoted, a forgotten password, another address, gone.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { linkIn, openMailbox } from './lib/mailbox.mjs';
import { Moderator } from './lib/moderator.mjs';
import { openBrowser } from './lib/people.mjs';
import { startParlour } from './lib/server.mjs';

const ADA = { name: 'Ada Brandt', email: 'ada@example.org', password: 'copper coil antenna mast' };
const GRACE = { name: 'Grace Okafor', email: 'grace@example.org', password: 'valve grid plate heater' };
const EMPTY_QUEUE = 'All caught up';
const NEW_ADDRESS = 'ada@new.example';
const NEW_PASSWORD = 'bakelite knob tuning eye';

describe('accounts by mail', () => {
  let browser, parlour, mailbox, ada, grace, tenantId, resetLink;
  const { chapter, broken } = chapters();

  before(async () => {
    mailbox = await openMailbox();
    parlour = await startParlour({
      PARLOUR_SMTP_URL: mailbox.url,
      PARLOUR_MAIL_FROM: 'Parlour <talk@example.org>',
      PARLOUR_SIGN_UP: 'open',
    });
    browser = await openBrowser();
    ada = await Moderator.arrive(browser);
    grace = await Moderator.arrive(browser);
  });

  after(async () => {
    if (broken()) await Promise.allSettled([ada?.shot('failed-mail-ada'), grace?.shot('failed-mail-grace')]);
    await browser?.close();
    await parlour?.stop();
    await mailbox?.stop();
  });

  const goesTo = (person, name) =>
    person.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();

  const card = (person, name) => person.page.getByRole('listitem').filter({ hasText: name });

  const dialog = (person) => person.page.getByRole('dialog');

  const field = (person, name) => person.page.getByRole('textbox', { name, exact: true });

  const reads = (person, text) => person.sees(person.page.getByText(text).first());

  /** The errors in the console are these refusals and nothing else. */
  const takesOnly = (person, statuses) =>
    assert.deepEqual(
      person.takeErrors().filter((error) => !statuses.test(error)),
      [],
    );

  async function goesByLink(person, link) {
    // From somewhere else: a change of what follows the # alone would load nothing.
    await person.page.goto('about:blank');
    await person.page.goto(link);
  }

  async function signsUp(person, { name, email, password }) {
    await field(person, 'Your name').fill(name);
    await field(person, 'Email').fill(email);
    await field(person, 'Password').fill(password);
    await person.press('Create account');
  }

  /** A reader's comment, at the site that a person has just made. */
  async function readerWrites(person, texts) {
    const [, key] = /data-site="([^"]+)"/.exec(await person.snippet());
    for (const text of texts) {
      const answer = await fetch(`${parlour.url}/v1/sites/${key}/comments`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: 'https://bench.example' },
        body: JSON.stringify({ thread: { id: 'radio' }, text }),
      });
      assert.equal(answer.status, 202, await answer.text());
    }
  }

  chapter('somebody signs up and is sent to the mailbox', async () => {
    await ada.page.goto(`${parlour.url}/admin/`);
    await ada.page.getByRole('link', { name: 'Create an account' }).click();
    await signsUp(ada, { ...ADA, email: 'adda@example.org' });
    await reads(ada, 'Look into your mailbox');
    await assertFineEverywhere(ada, 'mail-look');

    // A slip of the hand: what was typed is still there.
    await ada.press('Change the address');
    assert.equal(await field(ada, 'Your name').inputValue(), ADA.name);
    await field(ada, 'Email').fill(ADA.email);
    await ada.press('Create account');
    await reads(ada, ADA.email);
    await ada.press('Send again');
    await reads(ada, 'Sent once more.');
    takesOnly(ada, /401/);
  });

  chapter('the link in the mail and the password make the account', async () => {
    const first = await mailbox.mailTo(ADA.email);
    const second = await mailbox.mailTo(ADA.email);
    assert.equal(first.subject, 'Confirm your mail address');
    assert.equal(first.from.text, '"Parlour" <talk@example.org>');
    assert.equal(first.headers.get('auto-submitted'), 'auto-generated');
    const link = linkIn(second);
    assert.ok(link.startsWith(`${parlour.url}/admin/verify#token=`), link);

    await goesByLink(ada, link);
    await reads(ada, 'Confirm your address');
    assert.equal(await field(ada, 'Email').inputValue(), ADA.email);
    await assertFineEverywhere(ada, 'mail-verify');
    await field(ada, 'Password that you chose').fill('not the one');
    await ada.press('Confirm and sign in');
    await reads(ada, 'This is not the password of this sign-up.');
    await field(ada, 'Password that you chose').fill(ADA.password);
    await ada.press('Confirm and sign in');
    await ada.createsTenant('Ada’s sites');
    await ada.createsSite({ name: 'Workbench', origins: ['https://bench.example'], moderation: 'Approve everything first' });
    await readerWrites(ada, ['How long is the antenna?', 'Buy my antennas!']);
    [, tenantId] = /\/t\/([\w-]+)\//.exec(ada.page.url());
    takesOnly(ada, /422/);

    await goesByLink(grace, linkIn(first));
    await reads(grace, 'This link is no longer good');
    await assertFineEverywhere(grace, 'mail-verify-void');
    takesOnly(grace, /40[13]/);
  });

  chapter('what waits is decided about from the mail, by whoever made the site', async () => {
    const question = await mailbox.mailTo(ADA.email);
    assert.ok(question.text.includes('How long is the antenna?') && question.text.includes('Why it waits'), question.text);
    const spam = await mailbox.mailTo(ADA.email);
    const [link] = spam.text.match(/http\S+\/mail\/\S*spam\S*/) ?? [];
    assert.ok(link, spam.text);
    // Signed in nowhere, and without scripts.
    const reader = await Moderator.arrive(browser, { javaScriptEnabled: false });
    await reader.page.goto(link);
    await reads(reader, 'Is this comment spam?');
    await reads(reader, 'Buy my antennas!');
    await reader.shot('mail-link-spam');
    await reader.page.reload();
    await reader.press('Yes, it is spam');
    await reads(reader, 'The comment is marked as spam.');
    await reader.context.close();

    const later = await Moderator.arrive(browser);
    await later.page.goto(link);
    await reads(later, 'This comment has moved on');
    await assertFineEverywhere(later, 'mail-link-over', 'body', '');
    await later.page.goto(question.text.match(/http\S+\/mail\/\S*publish\S*/)[0]);
    await later.sees(later.button('Publish'));
    await assertFineEverywhere(later, 'mail-link-publish', 'body', '');
    takesOnly(later, /40[139]|410/);
    await later.context.close();
  });

  chapter('an invitation goes by mail, in the language of who invites', async () => {
    await goesTo(ada, 'People');
    await ada.press('Invite');
    await reads(ada, 'The invitation goes by email, in your language (English).');
    await dialog(ada).getByLabel('Email').fill(GRACE.email);
    await dialog(ada).getByRole('radio', { name: 'Admin' }).check();
    await assertFineEverywhere(ada, 'mail-invite');
    await ada.press('Send the invitation');
    await reads(ada, `An invitation is on its way to ${GRACE.email}.`);
    assert.equal(await dialog(ada).getByText('#token=').count(), 0, 'the link is in the mail alone');
    await assertFineEverywhere(ada, 'mail-invited');
    await ada.page.keyboard.press('Escape');
    await ada.seesNo(dialog(ada));
    const first = await mailbox.mailTo(GRACE.email);
    assert.equal(first.subject, 'You are invited to Ada’s sites');

    await ada.press(`Send again: ${GRACE.email}`);
    await reads(ada, `An invitation is on its way to ${GRACE.email}.`);
    await ada.page.keyboard.press('Escape');
    const again = await mailbox.mailTo(GRACE.email);
    assert.notEqual(linkIn(again), linkIn(first));

    await goesByLink(grace, linkIn(again));
    await grace.sees(grace.page.getByRole('heading', { name: 'Join Ada’s sites' }));
    await field(grace, 'Your name').fill(GRACE.name);
    await field(grace, 'Password').fill(GRACE.password);
    await grace.press('Create account and join');
    takesOnly(grace, /40[13]/);
  });

  chapter('who has joined moderates', async () => {
    await grace.goesToQueue();
    await grace.decides('How long is the antenna?', 'Approve');
    await goesTo(grace, 'People');
    await grace.sees(grace.button('Invite'));
    takesOnly(grace, /401/);
  });

  chapter('who is demoted to one site is refused the rest', async () => {
    await goesTo(ada, 'Sites');
    await ada.page.getByRole('link', { name: 'New site' }).click();
    await ada.createsSite({ name: 'Attic', origins: ['https://attic.example'], moderation: 'Show at once' });
    await goesTo(ada, 'People');
    await ada.press(`Change the role of ${GRACE.name}`);
    await dialog(ada).getByRole('radio', { name: 'Moderator' }).check();
    await dialog(ada).getByLabel('Sites').click();
    await ada.page.getByRole('option', { name: 'Attic' }).click();
    await ada.page.keyboard.press('Tab');
    await ada.press('Save changes');
    await ada.seesNo(dialog(ada));

    // What stood on her screen is refused, and gone when she looks again.
    await grace.press('Invite');
    await dialog(grace).getByLabel('Email').fill('friend@example.org');
    await grace.press('Send the invitation');
    await reads(grace, 'Your role does not permit this');
    await grace.page.reload();
    await grace.sees(card(grace, GRACE.name).getByText('Only Attic'));
    assert.equal(await grace.button('Invite').count(), 0);
    await goesTo(grace, 'Sites');
    await grace.sees(grace.page.getByRole('link', { name: 'Attic' }).first());
    assert.equal(await grace.page.getByText('Workbench').count(), 0, 'the other site is not hers');
    await grace.goesToQueue();
    await grace.sees(grace.page.getByRole('heading', { name: EMPTY_QUEUE }));
    takesOnly(grace, /40[13]/);
  });

  chapter('a link into the admin UI leads there right after signing in', async () => {
    const elsewhere = await Moderator.arrive(browser);
    const page = `/admin/t/${tenantId}/comments?state=published`;
    await elsewhere.page.goto(`${parlour.url}${page}`);
    await elsewhere.sees(elsewhere.page.getByRole('heading', { name: 'Sign in' }));
    await field(elsewhere, 'Email').fill(ADA.email);
    await field(elsewhere, 'Password').fill(ADA.password);
    await elsewhere.press('Sign in');
    await reads(elsewhere, 'How long is the antenna?');
    assert.equal(elsewhere.page.url(), `${parlour.url}${page}`);
    await elsewhere.context.close();
  });

  chapter('a forgotten password is chosen anew', async () => {
    const elsewhere = await Moderator.arrive(browser);
    await elsewhere.page.goto(`${parlour.url}/admin/sign-in`);
    await elsewhere.page.getByRole('link', { name: 'Forgot your password?' }).click();
    await assertFineEverywhere(elsewhere, 'mail-forgot');
    await field(elsewhere, 'Email').fill(GRACE.email);
    await elsewhere.press('Send the link');
    await reads(elsewhere, 'If there is an account with this address');
    const mail = await mailbox.mailTo(GRACE.email);
    assert.equal(mail.subject, 'Choose a new password');
    resetLink = linkIn(mail);

    await goesByLink(elsewhere, resetLink);
    await assertFineEverywhere(elsewhere, 'mail-reset');
    await field(elsewhere, 'New password').fill('password');
    await elsewhere.press('Change password');
    await reads(elsewhere, 'Too many people use this one.');
    await field(elsewhere, 'New password').fill(NEW_PASSWORD);
    await elsewhere.press('Change password');
    await reads(elsewhere, 'Your password is changed');
    await assertFineEverywhere(elsewhere, 'mail-reset-done');
    await elsewhere.page.getByRole('link', { name: 'Sign in' }).click();
    await field(elsewhere, 'Email').fill(GRACE.email);
    await field(elsewhere, 'Password').fill(NEW_PASSWORD);
    await elsewhere.press('Sign in');
    await elsewhere.sees(elsewhere.page.getByRole('navigation', { name: 'Main' }));
    assert.equal((await mailbox.mailTo(GRACE.email)).subject, 'Your password was changed');
    takesOnly(elsewhere, /401|422/);
    await elsewhere.context.close();

    // Everywhere else she is signed out.
    await grace.page.reload();
    await grace.sees(grace.page.getByRole('heading', { name: 'Sign in' }));
    await goesByLink(grace, resetLink);
    await reads(grace, 'This link is no longer good');
    await grace.page.getByRole('link', { name: 'Send another link' }).click();
    await grace.sees(field(grace, 'Email'));
    takesOnly(grace, /40[13]/);
  });

  chapter('another address holds when both mailboxes have confirmed it', async () => {
    await ada.press(`Account: ${ADA.name}`);
    await ada.page.getByRole('menuitem', { name: 'Your account' }).click();
    await field(ada, 'New address').fill(ADA.email);
    await field(ada, 'Your password, for the change').fill(ADA.password);
    await ada.press('Change address');
    await reads(ada, 'This must be another address than now');
    await field(ada, 'New address').fill(NEW_ADDRESS);
    await ada.press('Change address');
    await reads(ada, `Will become ${NEW_ADDRESS}`);
    await assertFineEverywhere(ada, 'mail-address-waiting');
    takesOnly(ada, /422/);

    const reader = await Moderator.arrive(browser);
    await goesByLink(reader, linkIn(await mailbox.mailTo(NEW_ADDRESS)));
    await reads(reader, 'The address to come');
    await assertFineEverywhere(reader, 'mail-address-new');
    await reader.press('Confirm');
    await reads(reader, 'as soon as the other address has confirmed it');
    const toOld = await mailbox.mailTo(ADA.email);
    assert.ok(toOld.text.includes(NEW_ADDRESS));
    await goesByLink(reader, linkIn(toOld));
    await reads(reader, 'If you did not ask for this, stop it');
    await assertFineEverywhere(reader, 'mail-address-old');
    await reader.press('Confirm');
    await reads(reader, `From now on you sign in with ${NEW_ADDRESS}.`);
    await goesByLink(reader, linkIn(toOld));
    await reads(reader, 'This link is no longer good');
    await assertFineEverywhere(reader, 'mail-address-void');
    takesOnly(reader, /40[13]/);
    await reader.context.close();

    await ada.page.reload();
    await reads(ada, NEW_ADDRESS);
    await ada.sees(field(ada, 'New address'));
  });

  chapter('a change that was not meant is stopped from the present mailbox', async () => {
    await field(ada, 'New address').fill('ada@third.example');
    await field(ada, 'Your password, for the change').fill(ADA.password);
    await ada.press('Change address');
    await reads(ada, 'Will become ada@third.example');
    const reader = await Moderator.arrive(browser, { locale: 'de-DE' });
    await goesByLink(reader, linkIn(await mailbox.mailTo(NEW_ADDRESS)));
    await assertFineEverywhere(reader, 'mail-address-german');
    await reader.press('Änderung aufhalten');
    await reads(reader, 'Die Änderung ist aufgehalten');
    await reader.context.close();
    await ada.page.reload();
    await ada.sees(field(ada, 'New address'));
    assert.equal(await ada.page.getByText('Will become').count(), 0);
  });

  chapter('who has an account already is told so by mail, and nobody else is', async () => {
    const stranger = await Moderator.arrive(browser, { locale: 'de-DE' });
    await stranger.page.goto(`${parlour.url}/admin/sign-up`);
    await field(stranger, 'Ihr Name').fill('Eve');
    await field(stranger, 'E-Mail-Adresse').fill(NEW_ADDRESS);
    await field(stranger, 'Passwort').fill('a stranger’s own phrase');
    await stranger.press('Konto anlegen');
    await reads(stranger, 'Sehen Sie in Ihr Postfach');
    await assertFineEverywhere(stranger, 'mail-look-german');
    const mail = await mailbox.mailTo(NEW_ADDRESS);
    assert.equal(mail.subject, 'Sie haben schon ein Konto');
    assert.ok(!mail.text.includes('#token='), 'nothing in it is a way in');
    await stranger.context.close();
  });

  chapter('an account that is not needed is deleted', async () => {
    await ada.press('Delete account…');
    await field(ada, 'Your password, to confirm').fill(ADA.password);
    await ada.press('Delete for good');
    await reads(ada, 'You are needed in Ada’s sites.');
    await assertFineEverywhere(ada, 'mail-farewell');
    takesOnly(ada, /409/);

    await grace.signsIn(parlour.url, { ...GRACE, password: NEW_PASSWORD });
    await grace.page.goto(`${parlour.url}/admin/account`);
    await grace.press('Delete account…');
    await field(grace, 'Your password, to confirm').fill('not the one');
    await grace.press('Delete for good');
    await reads(grace, 'This is not your password.');
    await field(grace, 'Your password, to confirm').fill(NEW_PASSWORD);
    await grace.press('Delete for good');
    await grace.sees(grace.page.getByRole('heading', { name: 'Sign in' }));
    await field(grace, 'Email').fill(GRACE.email);
    await field(grace, 'Password').fill(NEW_PASSWORD);
    await grace.press('Sign in');
    await reads(grace, 'do not match');
    takesOnly(grace, /401|422/);
  });
});
