// Sites and tenants as they come and go, in the hands of their owner.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { openBrowser } from './lib/people.mjs';
import { startParlour } from './lib/server.mjs';

const OWNER = { name: 'Walt Kettering', email: 'walt@example.org', password: 'waxed linen dial cord' };
const ORIGIN = 'https://bench.example';

describe('lives', () => {
  let browser, parlour, walt;
  const { chapter, broken } = chapters();

  before(async () => {
    parlour = await startParlour();
    browser = await openBrowser();
    walt = await Moderator.arrive(browser, { acceptDownloads: true });
  });

  after(async () => {
    if (broken()) await Promise.allSettled([walt?.shot('failed-lives')]);
    await browser?.close();
    await parlour?.stop();
  });

  const goesTo = (name) => walt.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  const dialog = () => walt.page.getByRole('dialog');
  const alert = (text) => walt.page.getByRole('alert').filter({ hasText: text });
  const card = (name) => walt.page.getByRole('listitem').filter({ hasText: name });
  const keyOf = (snippet) => /data-site="(\w+)"/.exec(snippet)[1];
  const reads = (key) => fetch(`${parlour.url}/v1/sites/${key}/thread?id=post`, { headers: { origin: ORIGIN } });
  const filter = (name) => walt.page.getByText(name, { exact: true }).click();

  async function taken(press) {
    const [download] = await Promise.all([walt.page.waitForEvent('download'), press()]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  }

  chapter('a site goes into the archive and out of the way', async () => {
    await walt.opensSetupLink(parlour.setupLink, OWNER);
    await walt.createsTenant('Walt’s sites');
    await walt.createsSite({ name: 'Workbench', origins: [ORIGIN], moderation: 'Show at once' });
    await walt.goesToSite('Workbench', 'Archive, move, delete');
    await walt.sees(walt.button('Archive this site'));
    await assertFineEverywhere(walt, 'lives');
    await walt.press('Archive this site');
    await walt.sees(alert('This site is in the archive'));
    await assertFineEverywhere(walt, 'lives-archived');

    await goesTo('Sites');
    await walt.sees(walt.page.getByText('No site yet'));
    await filter('Archive');
    await walt.sees(walt.page.getByRole('link', { name: 'Workbench' }));
    assert.ok(walt.page.url().endsWith('?standing=archived'), walt.page.url());
    await walt.page.getByRole('link', { name: 'Workbench' }).click();
    await walt.press('Take it out of the archive');
    await walt.seesNo(alert('This site is in the archive'));
    await goesTo('Sites');
    await walt.sees(walt.page.getByRole('link', { name: 'Workbench' }));
    walt.assertCalm();
  });

  chapter('its key is changed, and the page that still has the old one is seen', async () => {
    await walt.goesToSite('Workbench', 'Installation');
    const old = keyOf(await walt.snippet());
    // What waits for its first page turns for ever.
    assert.equal((await reads(old)).status, 200);
    await walt.sees(walt.page.getByText(`Seen on ${ORIGIN}`));
    await walt.press('Change the key');
    await walt.sees(dialog().getByLabel('The former key works for'));
    await assertFineEverywhere(walt, 'lives-rotate');
    await dialog().getByRole('button', { name: 'Change the key' }).click();
    await walt.seesNo(dialog());
    await walt.sees(card(old).getByText('not used since it was changed'));
    const fresh = keyOf(await walt.snippet());
    assert.notEqual(fresh, old);
    for (const key of [old, fresh]) assert.equal((await reads(key)).status, 200, key);
    // Noted within a second; the page asks every two.
    await walt.sees(card(old).getByText(`last used on ${ORIGIN}`));
    await assertFineEverywhere(walt, 'lives-keys');

    await walt.press(`End it now: ${old}`);
    await dialog().getByRole('button', { name: 'End it now' }).click();
    await walt.seesNo(card(old));
    assert.equal((await reads(old)).status, 404);
    assert.equal((await reads(fresh)).status, 200);
    walt.assertCalm();
  });

  chapter('another site takes over its settings, after a look at what would change', async () => {
    await goesTo('Sites');
    await walt.page.getByRole('link', { name: 'New site' }).click();
    await walt.createsSite({ name: 'Attic', origins: ['https://attic.example'], moderation: 'Approve everything first' });
    await walt.sees(walt.page.getByRole('heading', { name: 'Attic', exact: true }));
    await walt.goesToSite('Attic', 'Settings');
    await walt.press('Copy from another site');
    await walt.sees(dialog().getByLabel('From', { exact: true }));
    await dialog().getByRole('checkbox', { name: 'Moderation' }).check();
    await walt.press('Show what would change');
    await walt.sees(dialog().getByRole('cell', { name: 'none' }));
    await assertFineEverywhere(walt, 'lives-copy');
    await walt.press('Change 1 setting');
    await walt.seesNo(dialog());
    await walt.sees(walt.page.getByRole('radio', { name: 'Show at once', checked: true }));
    walt.assertCalm();
  });

  chapter('a site moves to another of his tenants', async () => {
    await walt.goesToSite('Attic', 'Archive, move, delete');
    await walt.press('Move this site');
    await walt.sees(dialog().getByText('You own no other tenant.', { exact: false }));
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await walt.seesNo(dialog());
    await walt.page.goto(`${parlour.url}/admin/tenants/new`);
    await walt.createsTenant('Upstairs');
    await walt.sees(walt.page.getByLabel('Site name'));
    await walt.page.goto(`${parlour.url}/admin/`);
    await walt.page.getByRole('button', { name: /^Tenant: / }).click();
    await walt.page.getByRole('menuitem', { name: 'Walt’s sites' }).click();
    await walt.goesToSite('Attic', 'Archive, move, delete');
    await walt.press('Move this site');
    await dialog().getByLabel('To the tenant').selectOption('Upstairs');
    await assertFineEverywhere(walt, 'lives-move');
    await dialog().getByRole('button', { name: 'Move this site' }).click();
    await walt.sees(walt.button('Tenant: Upstairs'), walt.page.getByRole('heading', { name: 'Attic', exact: true }));
    walt.assertCalm();
  });

  chapter('a site is deleted by its name, and brought back', async () => {
    const page = walt.page;
    await walt.goesToSite('Attic', 'Archive, move, delete');
    await walt.press('Delete this site');
    const submit = dialog().getByRole('button', { name: 'Delete this site' });
    await dialog().getByLabel('Type its name to confirm').fill('attic');
    assert.ok(await submit.isDisabled(), 'not by another name');
    await dialog().getByLabel('Type its name to confirm').fill('Attic');
    await assertFineEverywhere(walt, 'lives-delete');
    await submit.click();
    await walt.sees(alert('This site is deleted'));
    await walt.seesNo(page.getByRole('navigation', { name: 'Parts of this site' }));
    await assertFineEverywhere(walt, 'lives-deleted');
    await goesTo('Sites');
    await filter('Deleted');
    await walt.sees(card('Attic').getByText('Will be erased on'));
    await assertFineEverywhere(walt, 'lives-sites-deleted');
    await page.getByRole('link', { name: 'Attic' }).click();
    await walt.press('Bring it back');
    await walt.sees(page.getByRole('navigation', { name: 'Parts of this site' }));
    walt.assertCalm();
  });

  chapter('a tenant is taken out, deleted and brought back', async () => {
    const page = walt.page;
    await goesTo('Tenant');
    await walt.sees(walt.button('Export everything'));
    await assertFineEverywhere(walt, 'lives-tenant');
    const { name, text } = await taken(() => walt.press('Export everything'));
    assert.match(name, /^parlour-[\w-]+\.ndjson$/);
    const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.at(-1).kind, 'end');
    assert.equal(lines.at(-1).lines, lines.length);
    assert.ok(lines.some(({ kind, name }) => kind === 'site' && name === 'Attic'));
    assert.ok(!text.includes('Workbench'), 'nothing of the other tenant');

    await walt.press('Hand over this tenant');
    await walt.sees(dialog().getByText('Nobody else is in this tenant.', { exact: false }));
    await page.keyboard.press('Escape');
    await walt.seesNo(dialog());

    await walt.press('Delete this tenant');
    await dialog().getByLabel('Type its name to confirm').fill('Upstairs');
    await dialog().getByRole('button', { name: 'Delete this tenant' }).click();
    await walt.sees(alert('This tenant is deleted'));
    await assertFineEverywhere(walt, 'lives-tenant-deleted');
    await goesTo('Comments');
    await walt.sees(alert('This tenant is deleted'));
    await page.getByRole('link', { name: 'To the tenant’s page' }).click();
    await walt.press('Bring it back');
    await walt.seesNo(alert('This tenant is deleted'));
    await goesTo('Sites');
    await walt.sees(page.getByRole('link', { name: 'Attic' }));
    walt.assertCalm();
  });

  chapter('the record is a file, too', async () => {
    await goesTo('Record');
    await walt.sees(walt.page.getByRole('list').getByText('Site moved here'));
    await walt.press('Export');
    const csv = await taken(() => walt.page.getByRole('menuitem', { name: 'As a table (CSV)' }).click());
    assert.equal(csv.name, 'parlour-record.csv');
    assert.ok(csv.text.startsWith('id,at,change,'), csv.text.slice(0, 80));
    assert.ok(csv.text.includes(',site_moved_in,'));
    await walt.page.getByLabel('Kind of change').selectOption('Site deleted');
    await walt.press('Export');
    const lines = await taken(() => walt.page.getByRole('menuitem', { name: 'As lines of JSON (NDJSON)' }).click());
    assert.equal(lines.text.trimEnd().split('\n').length, 1);
    walt.assertCalm();
  });

  chapter('in German, too', async () => {
    const german = await Moderator.arrive(browser, { locale: 'de-DE' });
    await german.page.goto(`${parlour.url}/admin/sign-in`);
    await german.page.getByLabel('E-Mail').fill(OWNER.email);
    await german.page.getByRole('textbox', { name: 'Passwort' }).fill(OWNER.password);
    await german.press('Anmelden');
    await german.page.getByRole('link', { name: 'Websites' }).click();
    await german.page.getByRole('link', { name: /Attic|Workbench/ }).click();
    await german.page.getByRole('link', { name: 'Archivieren, umziehen, löschen' }).click();
    await german.sees(german.button('Diese Website archivieren'));
    await assertFineEverywhere(german, 'lives-german');
    await german.page.getByRole('link', { name: 'Mandant', exact: true }).click();
    await german.sees(german.button('Alles exportieren'));
    await assertFineEverywhere(german, 'lives-tenant-german');
    german.assertCalm();
    await german.context.close();
  });
});
