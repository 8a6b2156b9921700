// A webhook from end to end: registered in the admin UI, received by a program with the public library of Standard Webhooks, looked
// up in the log, its secret rotated, a delivery sent again; and a program that decides about comments.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { OWNER, Owner } from './lib/owner.mjs';
import { openBrowser } from './lib/people.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startParlour } from './lib/server.mjs';

describe('webhooks', () => {
  let browser, parlour, owner, site, walt, receiver, program, first;
  const { chapter, broken } = chapters();

  before(async () => {
    receiver = await startReceiver();
    program = await startReceiver();
    // Receivers on this machine are for tests, and for programs within a house.
    parlour = await startParlour({ PARLOUR_OUTGOING_PORTS: '', PARLOUR_OUTGOING_PRIVATE: '127.0.0.0/8' });
    owner = await Owner.settle(parlour);
    site = await owner.site(parlour.url, ['https://blog.example']);
    browser = await openBrowser();
    walt = await Moderator.arrive(browser);
    await walt.signsIn(parlour.url, OWNER);
  });

  after(async () => {
    if (broken()) await walt?.shot('failed-webhooks').catch(() => undefined);
    await browser?.close();
    await parlour?.stop();
    await Promise.all([receiver?.stop(), program?.stop()]);
  });

  const says = (text) => site.post('https://blog.example/radio', text, { name: 'Ada' });
  const goesToWebhooks = () =>
    walt.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Webhooks' }).click();
  const dialog = () => walt.page.getByRole('dialog');
  const section = (name) => walt.page.getByRole('region', { name });
  const listed = (text) => section('Deliveries').getByRole('listitem').getByText(text);

  chapter('there is none at first', async () => {
    await goesToWebhooks();
    await walt.sees(walt.page.getByText('No webhook yet'));
    await assertFineEverywhere(walt, 'webhooks-none');
  });

  chapter('an owner registers one, and its secret is shown once', async () => {
    await walt.page.getByRole('link', { name: 'New webhook' }).click();
    await walt.page.getByLabel('Name').fill('Search index');
    await walt.page.getByLabel('Address').fill('http://169.254.169.254/latest');
    await assertFineEverywhere(walt, 'webhooks-new');
    await walt.press('Register it');
    await walt.sees(walt.page.getByRole('alert'));
    assert.ok(walt.takeErrors().every((error) => /422/.test(error)), 'an address of this network is refused');

    await walt.page.getByLabel('Address').fill(receiver.url);
    await walt.page.getByRole('checkbox', { name: 'A comment was published' }).check();
    await walt.press('Register it');
    const secret = await walt.page.getByText(/^whsec_/).innerText();
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    receiver.secret = secret;
    await walt.sees(walt.button('Copy secret'));
    await assertFineEverywhere(walt, 'webhooks-secret');
    await walt.page.getByRole('link', { name: 'To the webhook' }).click();
    await walt.sees(walt.page.getByRole('heading', { name: 'Search index' }), walt.page.getByText('Nothing sent yet'));
    assert.equal(await walt.page.getByText(secret).count(), 0);
  });

  chapter('a test arrives, and the public library takes it', async () => {
    await walt.press('Send a test');
    const { event, fault } = await receiver.arrival(1);
    assert.equal(fault, undefined);
    assert.deepEqual([event.type, event.test], ['comment.created', true]);
    await walt.sees(listed('Delivered').first());
  });

  chapter('comments arrive as they are written', async () => {
    const { id } = await says('The dial cord *slips*.');
    await receiver.arrival(3);
    const events = receiver.got.slice(1).map(({ event }) => event);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['comment.created', 'comment.published'],
    );
    assert.ok(receiver.got.every(({ fault }) => fault === undefined));
    assert.equal(events[0].data.comment.id, id);
    assert.equal(events[0].data.comment.text, 'The dial cord *slips*.');
    assert.equal(events[1].data.thread.url, 'https://blog.example/radio');
    assert.equal(new Set(receiver.got.map(({ id }) => id)).size, 3);
    first = receiver.got[1];
  });

  chapter('the log shows what was sent and what was answered', async () => {
    await walt.page.reload();
    await walt.sees(listed('Delivered').nth(2));
    await assertFineEverywhere(walt, 'webhooks-one');
    await walt.page.getByRole('link', { name: 'A comment was written' }).first().click();
    await walt.sees(
      walt.page.getByText(first.id).first(),
      section('Request').getByText('The dial cord *slips*.'),
      section('Request').getByText('webhook-signature: v1,'),
      section('Answer').getByText('HTTP 204'),
      section('Tries').getByText('Delivered'),
    );
    await assertFineEverywhere(walt, 'webhooks-delivery');
  });

  chapter('it is sent again under the same id', async () => {
    await walt.press('Send again');
    const again = await receiver.arrival(4);
    assert.equal(again.fault, undefined);
    assert.deepEqual([again.id, again.event], [first.id, first.event]);
    await walt.sees(section('Tries').getByText('Delivered').nth(1));
    await walt.page.getByRole('link', { name: 'All deliveries' }).click();
  });

  chapter('during a rotation the former secret is still good', async () => {
    await walt.press('New secret…');
    await dialog().getByLabel('The present one signs for').selectOption('24 hours');
    await walt.press('Make the secret');
    const secret = await dialog().getByText(/^whsec_/).innerText();
    assert.notEqual(secret, receiver.secret);
    await audit();
    await dialog().locator('footer, div').getByRole('button', { name: 'Close' }).last().click();
    await walt.seesNo(dialog());
    await walt.sees(walt.page.getByText('The secret before signs, too, until'));

    await says('Try waxed linen.');
    const [, latest] = [await receiver.arrival(5), await receiver.arrival(6)];
    assert.deepEqual([latest.fault, latest.signatures.length], [undefined, 2], 'by who has not changed over');
    receiver.secret = secret;
    await says('It holds.');
    const changed = await receiver.arrival(8);
    assert.equal(changed.fault, undefined, 'and by who has');
  });

  async function audit() {
    const { audit } = await import('./lib/axe.mjs');
    await audit(walt, 'a new secret', 'body');
  }

  chapter('what fails is shown, and tried again', async () => {
    receiver.answer = () => ({ status: 500, body: '{"why":"disk full"}' });
    await says('Does it?');
    await receiver.arrival(9);
    receiver.answer = () => ({ status: 204 });
    await walt.page.reload();
    await walt.sees(walt.page.getByText('The answer was not 2xx').first());
    // After a few seconds, by itself.
    const { event, fault } = await receiver.arrival(11);
    assert.deepEqual([fault, event.data.comment.text], [undefined, 'Does it?']);
  });

  chapter('it is switched off, and is told of nothing', async () => {
    await walt.press('Switch off');
    await walt.sees(walt.page.getByText('Somebody of your team switched it off.'));
    const before = receiver.got.length;
    await says('Into the void.');
    await walt.press('Switch on');
    await walt.sees(walt.button('Switch off'));
    await says('And back.');
    const next = await receiver.arrival(before + 1);
    assert.equal(next.event.data.comment.text, 'And back.');
  });

  chapter('a program decides what is published', async () => {
    await goesToWebhooks();
    await walt.page.getByRole('link', { name: 'New webhook' }).click();
    await walt.page.getByLabel('Name').fill('Judge');
    await walt.page.getByRole('radio', { name: 'To be asked' }).check();
    await walt.page.getByLabel('Address').fill(program.url);
    await assertFineEverywhere(walt, 'webhooks-ask');
    await walt.press('Register it');
    program.secret = await walt.page.getByText(/^whsec_/).innerText();
    program.answer = ({ event }) => ({
      status: 200,
      body: JSON.stringify({ decision: /casino/.test(event?.data.comment.text) ? 'spam' : 'publish' }),
    });
    const good = await says('A fine radio.');
    const bad = await says('Visit my casino.');
    assert.deepEqual([good.state, bad.state], ['published', 'rejected']);
    assert.ok(program.got.every(({ fault, event }) => !fault && event.type === 'comment.moderate'));
    await walt.page.goto(`${parlour.url}/admin/t/${owner.tenantId}/comments/${bad.id}`);
    await walt.sees(walt.page.getByText('your program says it is spam').first());
  });

  chapter('German says the same', async () => {
    const ilse = await Moderator.arrive(browser, { locale: 'de-DE' });
    await ilse.page.goto(`${parlour.url}/admin/sign-in`);
    await ilse.page.getByLabel('E-Mail').fill(OWNER.email);
    await ilse.page.getByRole('textbox', { name: 'Passwort' }).fill(OWNER.password);
    await ilse.page.getByRole('button', { name: 'Anmelden', exact: true }).click();
    await ilse.page.getByRole('link', { name: 'Webhooks' }).click();
    await ilse.page.getByRole('link', { name: 'Search index' }).click();
    await ilse.sees(ilse.page.getByRole('heading', { name: 'Sendungen' }), ilse.page.getByRole('listitem').getByText('Angekommen').first());
    await ilse.shot('webhooks-german');
    ilse.assertCalm();
    await ilse.context.close();
  });

  chapter('it is deleted with its log', async () => {
    await walt.page.goto(`${parlour.url}/admin/t/${owner.tenantId}/webhooks`);
    await walt.page.getByRole('link', { name: 'Search index' }).click();
    await walt.press('Delete…');
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click();
    await walt.sees(walt.page.getByText('“Search index” is deleted.'));
    await walt.seesNo(walt.page.getByRole('link', { name: 'Search index' }));
    walt.assertCalm();
  });
});
