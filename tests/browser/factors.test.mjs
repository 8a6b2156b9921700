// Second factors and passkeys: a code of an app, a recovery code, and Chromium's own virtual authenticator (as a second factor and
// alone), from setting up to taking away.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { openBrowser } from './lib/people.mjs';
import { startParlour } from './lib/server.mjs';

const WALT = { name: 'Walt Kettering', email: 'walt@example.org', password: 'waxed linen dial cord' };

/** Passkeys belong to a domain, and browsers trust those of this machine without https. */
const PUBLIC = 'http://talk.localhost';

const HALF_MINUTE = 30_000;

/** What an authenticator app shows (RFC 6238), `steps` half minutes from now. */
function codeOf(secret, steps = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'));
  const key = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / HALF_MINUTE) + steps));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** A device with a sensor, plugged into somebody's browser. */
async function plugIn(person) {
  const session = await person.context.newCDPSession(person.page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    knowsItsHolder: (isUserVerified) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

describe('second factors', () => {
  let browser, parlour, walt, secret, codes, device;
  const { chapter, broken } = chapters();

  before(async () => {
    parlour = await startParlour({ PARLOUR_PUBLIC_URL: PUBLIC, PARLOUR_LIMIT_SIGN_IN: '1000/60' });
    browser = await openBrowser([`MAP talk.localhost:80 ${new URL(parlour.url).host}`]);
    walt = await Moderator.arrive(browser);
  });

  after(async () => {
    if (broken()) await walt?.shot('failed-factors');
    await browser?.close();
    await parlour?.stop();
  });

  const dialog = () => walt.page.getByRole('dialog');
  const part = (name) => walt.page.getByRole('region', { name });
  const notice = (title) => walt.page.getByRole('alert').filter({ hasText: title });
  const rowHere = () => walt.page.getByRole('listitem').filter({ hasText: 'This browser' });

  const opensAccount = () => walt.page.goto(`${PUBLIC}/admin/account`);

  async function signsOut() {
    await walt.button(`Account: ${WALT.name}`).click();
    await walt.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await walt.sees(walt.page.getByRole('heading', { name: 'Sign in' }));
  }

  async function entersPassword() {
    await walt.page.goto(`${PUBLIC}/admin/sign-in?next=/account`);
    await walt.page.getByLabel('Email').fill(WALT.email);
    await walt.page.getByRole('textbox', { name: 'Password' }).fill(WALT.password);
    await walt.press('Sign in');
  }

  /** The console but for what a browser writes there of its own when it finds that nobody is signed in any more. */
  const complaints = () => walt.takeErrors().filter((error) => !/401 .*\/session\/renew/.test(error));

  const assertCalm = () => assert.deepEqual(complaints(), [], 'the console is silent');

  /** Whoever was refused on purpose has that in his console, and nothing else. */
  function assertOnlyRefused(status) {
    const errors = complaints();
    assert.ok(errors.length > 0 && errors.every((error) => error.includes(String(status))), errors.join('\n'));
  }

  chapter('an authenticator app is set up by the key it is shown', async () => {
    await walt.opensSetupLink(parlour.setupLink, WALT);
    await walt.sees(walt.page.getByLabel('Tenant name'));
    await opensAccount();
    await walt.sees(part('Authenticator app'), walt.page.getByText('Off', { exact: true }));
    await assertFineEverywhere(walt, 'factors-none');

    await part('Authenticator app').getByRole('button', { name: 'Set up' }).click();
    const qr = dialog().getByRole('img', { name: /QR code/ });
    await walt.sees(qr);
    assert.ok(await qr.evaluate(async (image) => (await image.decode(), image.naturalWidth > 100)), 'it is a picture');
    secret = (await dialog().locator('pre').innerText()).replaceAll(/\s/g, '');
    await assertFineEverywhere(walt, 'factors-app');

    await dialog().getByLabel('Code').fill(codeOf(secret, 20));
    await walt.press('Switch on');
    await walt.sees(dialog().getByText('This is not the code of this moment.'));
    assertOnlyRefused(422);
    await dialog().getByLabel('Code').fill(codeOf(secret));
    await walt.press('Switch on');
  });

  chapter('recovery codes are shown once, to copy, to save, to keep', async () => {
    await walt.sees(dialog().getByText('They are shown only now.'));
    codes = (await dialog().locator('pre').innerText()).trim().split(/\s+/);
    assert.equal(new Set(codes).size, 10);
    await assertFineEverywhere(walt, 'factors-recovery-codes');
    const [download] = await Promise.all([walt.page.waitForEvent('download'), walt.press('Save as a file')]);
    assert.equal(download.suggestedFilename(), 'parlour-recovery-codes.txt');
    const saved = await readFile(await download.path(), 'utf8');
    assert.ok(codes.every((code) => saved.includes(code)), saved);
    await walt.press('I have kept them');
    await walt.seesNo(dialog());
    await walt.sees(part('Recovery codes').getByText('10 codes are left.'), walt.page.getByText('On', { exact: true }));
    assertCalm();
  });

  chapter('after the password the app is asked', async () => {
    await signsOut();
    await entersPassword();
    await walt.sees(walt.page.getByRole('heading', { name: 'One more step' }));
    assert.ok(await walt.page.getByLabel('Code').evaluate((input) => input === document.activeElement));
    await assertFineEverywhere(walt, 'factors-step');
    await walt.page.getByLabel('Code').fill('000000');
    await walt.press('Continue');
    await walt.sees(notice('That was not it'));
    assertOnlyRefused(403);
    await walt.page.getByLabel('Code').fill(codeOf(secret, 1));
    await walt.page.keyboard.press('Enter');
    await walt.sees(rowHere().getByText('password and authenticator app'));
  });

  chapter('a recovery code stands in for it, once', async () => {
    await signsOut();
    await entersPassword();
    await walt.press('Use a recovery code instead');
    await walt.page.getByLabel('Recovery code').fill(codes[0].toUpperCase().replaceAll('-', ' '));
    await walt.press('Continue');
    await walt.sees(
      rowHere().getByText('password and recovery code'),
      part('Recovery codes').getByText('9 codes are left.'),
    );
    assertCalm();
  });

  chapter('a sign-in that was tried too often begins again', async () => {
    await signsOut();
    await entersPassword();
    for (let tries = 0; tries < 5; tries++) {
      await walt.page.getByLabel('Code').fill(`00000${tries}`);
      const [answer] = await Promise.all([
        walt.page.waitForResponse((response) => response.url().endsWith('/session/finish')),
        walt.press('Continue'),
      ]);
      assert.equal(answer.status(), 403);
    }
    await walt.page.getByLabel('Code').fill('000009');
    await walt.press('Continue');
    await walt.sees(notice('That took too long, or too many tries'), walt.page.getByLabel('Email'));
    assertOnlyRefused(403);
    await walt.shot('factors-over');
    await entersPassword();
    await walt.press('Use a recovery code instead');
    await walt.page.getByLabel('Recovery code').fill(codes[1]);
    await walt.press('Continue');
    await walt.sees(rowHere());
  });

  chapter('a passkey is added and named', async () => {
    device = await plugIn(walt);
    await part('Passkeys').getByRole('button', { name: 'Add a passkey' }).click();
    assert.match(await dialog().getByLabel('Name').inputValue(), /Chrom/);
    await dialog().getByLabel('Name').fill('My laptop');
    await assertFineEverywhere(walt, 'factors-new-passkey');
    await walt.press('Continue');
    await walt.sees(part('Passkeys').getByText('My laptop'), part('Passkeys').getByText('never used'));
    await walt.seesNo(dialog());
    const [credential] = await device.credentials();
    assert.equal(credential.rpId, 'talk.localhost');
    assert.ok(credential.isResidentCredential);
    await assertFineEverywhere(walt, 'factors-all');

    await walt.button('Rename My laptop').click();
    await dialog().getByLabel('Name').fill('The laptop');
    await walt.press('Rename');
    await walt.sees(part('Passkeys').getByText('The laptop'));
    assertCalm();
  });

  chapter('the device is told that it has one already', async () => {
    await part('Passkeys').getByRole('button', { name: 'Add a passkey' }).click();
    await walt.press('Continue');
    await walt.sees(notice('This device has one already'));
    await walt.page.keyboard.press('Escape');
    await walt.seesNo(dialog());
  });

  chapter('it is a second factor', async () => {
    await signsOut();
    await entersPassword();
    await walt.sees(walt.button('Use a passkey'), walt.page.getByLabel('Code'));
    await assertFineEverywhere(walt, 'factors-step-passkey');
    await walt.press('Use a passkey');
    await walt.sees(rowHere().getByText('password and passkey'));
    assert.equal(await part('Passkeys').getByText('never used').count(), 0);
  });

  chapter('it signs in alone, where the device knows its holder', async () => {
    await signsOut();
    await walt.page.goto(`${PUBLIC}/admin/sign-in?next=/account`);
    await walt.sees(walt.button('Sign in with a passkey'));
    await assertFineEverywhere(walt, 'factors-sign-in');
    await device.knowsItsHolder(false);
    await walt.press('Sign in with a passkey');
    await walt.sees(notice('No passkey was shown'));
    await device.knowsItsHolder(true);
    await walt.press('Sign in with a passkey');
    await walt.sees(rowHere().getByText(/· passkey$/));
    assertCalm();
  });

  chapter('where the sign-in is old, it asks once more, and goes on', async () => {
    // Time does not pass for a test: the first answer is the one of ten minutes later, the rest is the server's.
    const asOfLater = (url) =>
      walt.page.route(
        url,
        (route) =>
          route.fulfill({
            status: 403,
            contentType: 'application/problem+json',
            body: JSON.stringify({ type: '/docs/errors#confirmation_needed', title: 'Later', status: 403, code: 'confirmation_needed', request_id: 'x' }),
          }),
        { times: 1 },
      );
    const asked = walt.page.getByRole('dialog', { name: 'Is it you?' });
    await asOfLater('**/v1/admin/me/password');
    await walt.page.getByLabel('Current password').fill(WALT.password);
    await walt.page.getByLabel('New password').fill('another phrase of his own');
    await walt.press('Change password');
    await walt.sees(
      asked.getByRole('textbox', { name: 'Password' }),
      asked.getByRole('button', { name: 'Use a passkey' }),
    );
    await assertFineEverywhere(walt, 'factors-confirm');
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await walt.seesNo(asked);
    assert.equal(await walt.page.getByRole('alert').count(), 0, 'nothing went wrong');
    assert.equal(await walt.page.getByLabel('Current password').inputValue(), WALT.password, 'and nothing is lost');

    await part('Recovery codes').getByRole('button', { name: 'Make new codes' }).click();
    await asOfLater('**/v1/admin/me/recovery-codes');
    await dialog().getByRole('button', { name: 'Make new codes' }).click();
    await asked.getByRole('textbox', { name: 'Password' }).fill('not my password');
    await asked.getByRole('button', { name: 'Use a recovery code instead' }).click();
    await asked.getByLabel('Recovery code').fill(codes[2]);
    await asked.getByRole('button', { name: 'Confirm' }).click();
    await walt.sees(asked.getByText('This is not your password.'));
    await asked.getByRole('button', { name: 'Use a passkey' }).click();
    await walt.sees(asked.getByText('This is not your password.'));
    await asked.getByRole('textbox', { name: 'Password' }).fill('');
    await asked.getByRole('button', { name: 'Use a passkey' }).click();
    await walt.sees(dialog().getByText('They are shown only now.'));
    const anew = (await dialog().locator('pre').innerText()).trim().split(/\s+/);
    assert.ok(anew.length === 10 && anew.every((code) => !codes.includes(code)));
    await walt.press('I have kept them');
    await walt.seesNo(dialog());
    walt.takeErrors();
  });

  chapter('what is taken away signs in no more', async () => {
    await part('Authenticator app').getByRole('button', { name: 'Switch off' }).click();
    await walt.sees(dialog().getByText('Its codes sign in no more.'));
    await assertFineEverywhere(walt, 'factors-app-off');
    await dialog().getByRole('button', { name: 'Switch off' }).click();
    await walt.sees(part('Authenticator app').getByRole('button', { name: 'Set up' }));
    await walt.button('Remove The laptop').click();
    await dialog().getByRole('button', { name: 'Remove', exact: true }).click();
    await walt.sees(walt.page.getByText('Off', { exact: true }));
    await walt.seesNo(part('Recovery codes'));

    await signsOut();
    await walt.page.goto(`${PUBLIC}/admin/sign-in?next=/account`);
    await walt.press('Sign in with a passkey');
    await walt.sees(notice('That was not it'));
    assertOnlyRefused(403);
    await entersPassword();
    await walt.sees(rowHere().getByText(/· password$/));
    assertCalm();
  });

  chapter('the same in German', async () => {
    const erika = await Moderator.arrive(browser, { locale: 'de-DE' });
    await erika.page.goto(`${PUBLIC}/admin/sign-in?next=/account`);
    await erika.page.getByLabel('E-Mail').fill(WALT.email);
    await erika.page.getByRole('textbox', { name: 'Passwort' }).fill(WALT.password);
    await erika.press('Anmelden');
    await erika.sees(erika.page.getByRole('region', { name: 'Passkeys' }));
    await assertFineEverywhere(erika, 'factors-german');
    await erika.page.getByRole('region', { name: 'Authenticator-App' }).getByRole('button', { name: 'Einrichten' }).click();
    await erika.sees(erika.page.getByRole('dialog').getByText('Keine Kamera?'));
    await assertFineEverywhere(erika, 'factors-german-app');
    erika.assertCalm();
    await erika.context.close();
  });

  chapter('at another address of the server, the page says where passkeys are', async () => {
    const person = await Moderator.arrive(browser);
    await person.page.goto(`${parlour.url}/admin/sign-in?next=/account`);
    await person.page.getByLabel('Email').fill(WALT.email);
    await person.page.getByRole('textbox', { name: 'Password' }).fill(WALT.password);
    assert.equal(await person.button('Sign in with a passkey').count(), 0);
    await person.press('Sign in');
    await person.sees(person.page.getByRole('link', { name: PUBLIC }));
    await person.shot('factors-elsewhere');
    await person.context.close();
  });
});

describe('a server without a domain', () => {
  it('says that it cannot have passkeys, and has codes', async () => {
    const parlour = await startParlour();
    const browser = await openBrowser();
    try {
      const person = await Moderator.arrive(browser);
      await person.opensSetupLink(parlour.setupLink, WALT);
      await person.sees(person.page.getByLabel('Tenant name'));
      await person.page.goto(`${parlour.url}/admin/account`);
      const passkeys = person.page.getByRole('region', { name: 'Passkeys' });
      await person.sees(passkeys.getByText('Its public address is an IP address'));
      assert.equal(await passkeys.getByRole('button').count(), 0);
      await person.sees(person.page.getByRole('region', { name: 'Authenticator app' }).getByRole('button'));
      await assertFineEverywhere(person, 'factors-no-domain');
      person.assertCalm();
    } finally {
      await browser.close();
      await parlour.stop();
    }
  });
});
