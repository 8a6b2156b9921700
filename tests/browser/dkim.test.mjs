// Signed mails (DKIM), as they came over the wire, verified by a library of somebody else with the record that `parlour mail dkim` prints.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { openMailbox } from './lib/mailbox.mjs';
import { startParlour } from './lib/server.mjs';

const OWNER = 'owner@example.net';

/** A zone with one record, and nothing else in it. */
const zone = (record) => async (name, type) => {
  if (name === record.name && type === 'TXT') return [[record.value]];
  throw Object.assign(new Error(`no ${type} of ${name}`), { code: 'ENOTFOUND' });
};

async function verified(source, record) {
  const { results } = await dkimVerify(source, { resolver: zone(record) });
  assert.equal(results.length, 1);
  return results[0];
}

/** Nobody watches what a mail says on its way but that it is signed. */
async function withMails(settings, act) {
  const mailbox = await openMailbox();
  const parlour = await startParlour({
    PARLOUR_SMTP_URL: mailbox.url,
    PARLOUR_MAIL_FROM: 'Gespräche <talk@mail.example.org>',
    PARLOUR_DKIM_DOMAIN: 'example.org',
    PARLOUR_DKIM_SELECTOR: 'parlour2026',
    ...settings,
  });
  try {
    await act({ mailbox, parlour, record: JSON.parse(await parlour.command('mail', 'dkim', '--json')) });
  } finally {
    await parlour.stop();
    await mailbox.stop();
  }
}

const key = (type, options = {}) =>
  generateKeyPairSync(type, options).privateKey.export({ type: 'pkcs8', format: 'pem' });

describe('signed mails', () => {
  test('an RSA key in a file signs what a library verifies', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parlour-dkim-'));
    const file = join(folder, 'key.pem');
    await writeFile(file, key('rsa', { modulusLength: 2048 }), { mode: 0o600 });
    try {
      await withMails({ PARLOUR_DKIM_KEY_FILE: file }, async ({ mailbox, parlour, record }) => {
        assert.equal(record.name, 'parlour2026._domainkey.example.org');
        await parlour.command('mail', 'test', OWNER, '--language', 'de');
        const { source } = await mailbox.mailTo(OWNER);
        const signature = await verified(source, record);
        assert.equal(signature.status.result, 'pass', signature.info);
        assert.equal(signature.status.aligned, 'example.org');
        assert.equal(signature.algo, 'rsa-sha256');

        const text = source.toString();
        for (const [what, changed] of [
          ['the subject', text.replace(/^Subject: /m, 'Subject: Re: ')],
          ['another sender', `From: eve@example.org\r\n${text}`],
          ['the body', `${text.trimEnd()}\r\nP.S.\r\n`],
        ]) {
          assert.notEqual(changed, text);
          const { status } = await verified(Buffer.from(changed), record);
          assert.notEqual(status.result, 'pass', what);
        }
        const zoneLine = await parlour.command('mail', 'dkim');
        const strings = [...zoneLine.matchAll(/"([^"]*)"/g)].map(([, string]) => string);
        assert.equal(strings.join(''), record.value);
        assert.ok(strings.every((string) => string.length <= 255), zoneLine);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('an Ed25519 key in the environment signs a mail of a site, with the headers by which it is ended', async () => {
    const pem = key('ed25519');
    await withMails({ PARLOUR_DKIM_KEY: pem }, async ({ mailbox, parlour, record }) => {
      const { key: site } = await madeSite(parlour);
      const answer = await fetch(`${parlour.url}/v1/sites/${site}/comments`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: 'https://blog.example' },
        body: JSON.stringify({ thread: { id: 'radio' }, text: 'Grüße – from  a reader' }),
      });
      assert.equal(answer.status, 202, await answer.text());
      const { source } = await mailbox.mailTo(OWNER);
      const signature = await verified(source, record);
      assert.equal(signature.status.result, 'pass', signature.info);
      assert.equal(signature.algo, 'ed25519-sha256');
      const names = signature.signingHeaders.keys.toLowerCase();
      for (const name of ['from', 'subject', 'list-unsubscribe', 'list-unsubscribe-post', 'message-id']) {
        assert.ok(names.includes(name), `${name} is not among ${names}`);
      }
      const config = await parlour.command('config');
      assert.ok(!config.includes(pem.split('\n')[1]), 'the key is shown to nobody');
    });
  });
});

/** A site that holds comments, whose owner hears of them. */
async function madeSite(parlour) {
  const link = new URL(parlour.setupLink);
  const token = new URLSearchParams(link.hash.slice(1)).get('token');
  const post = async (path, body, bearer) => {
    const answer = await fetch(`${parlour.url}/v1/admin/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(bearer && { Authorization: `Bearer ${bearer}` }) },
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  const session = await post('setup', { token, email: OWNER, name: 'Olive', password: 'copper coil antenna mast' });
  const tenant = await post('tenants', { name: 'Radio' }, session.access_token);
  const site = { name: 'Bench', origins: ['https://blog.example'] };
  return post(`tenants/${tenant.id}/sites`, site, session.access_token);
}
