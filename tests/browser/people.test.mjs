// Those who run sites together: invited by a link, given more and less to do, gone; and the record of it.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { openBrowser } from './lib/people.mjs';
import { startParlour } from './lib/server.mjs';

const OWNER = { name: 'Walt Kettering', email: 'walt@example.org', password: 'waxed linen dial cord' };
const GUEST = { name: 'Grace Okafor', email: 'grace@example.org', password: 'valve grid plate heater' };

describe('people', () => {
  let browser, parlour, walt, grace, link;
  const { chapter, broken } = chapters();

  before(async () => {
    parlour = await startParlour();
    browser = await openBrowser();
    walt = await Moderator.arrive(browser);
    grace = await Moderator.arrive(browser);
  });

  after(async () => {
    if (broken()) await Promise.allSettled([walt?.shot('failed-people-walt'), grace?.shot('failed-people-grace')]);
    await browser?.close();
    await parlour?.stop();
  });

  const goesTo = (person, name) =>
    person.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();

  const card = (person, name) => person.page.getByRole('listitem').filter({ hasText: name });

  const dialog = (person) => person.page.getByRole('dialog');

  chapter('an owner makes a link for somebody, limited to a site', async () => {
    await walt.opensSetupLink(parlour.setupLink, OWNER);
    await walt.createsTenant('Walt’s sites');
    await walt.createsSite({ name: 'Workbench', origins: ['https://bench.example'], moderation: 'Show at once' });
    await goesTo(walt, 'People');
    await walt.sees(card(walt, OWNER.name).getByText('Owner', { exact: true }));

    await walt.press('Invite');
    await dialog(walt).getByLabel('Email').fill(GUEST.email);
    await dialog(walt).getByRole('radio', { name: 'Moderator' }).check();
    await dialog(walt).getByLabel('Sites').click();
    await walt.page.getByRole('option', { name: 'Workbench' }).click();
    await walt.page.keyboard.press('Tab');
    await walt.press('Make the link');
    link = await dialog(walt).getByText(/\/admin\/join#token=/).innerText();
    assert.ok(link.startsWith(`${parlour.url}/admin/join#token=`), link);
    await walt.shot('people-link');
    await dialog(walt).locator('footer, div').getByRole('button', { name: 'Close' }).last().click();
    await walt.seesNo(dialog(walt));
    await walt.sees(card(walt, GUEST.email).getByText('The link works until'));
    await assertFineEverywhere(walt, 'people');
  });

  chapter('a new link makes the one before void', async () => {
    await walt.press(`New link for ${GUEST.email}`);
    const anew = await dialog(walt).getByText(/\/admin\/join#token=/).innerText();
    assert.notEqual(anew, link);
    await walt.page.keyboard.press('Escape');
    await walt.seesNo(dialog(walt));

    await grace.page.goto(link);
    await grace.sees(grace.page.getByText('This invitation is no longer good'));
    // The refusal of the link is the only thing in the console.
    assert.ok(grace.takeErrors().every((error) => /403/.test(error)));
    link = anew;
  });

  chapter('who has the link makes an account and sees the site', async () => {
    await grace.page.goto('about:blank');
    await grace.page.goto(link);
    await grace.sees(grace.page.getByRole('heading', { name: 'Join Walt’s sites' }));
    await grace.sees(grace.page.getByText('Walt Kettering asks you in. Your role: Moderator.'));
    await assertFineEverywhere(grace, 'join');
    await grace.page.getByLabel('Your name').fill(GUEST.name);
    await grace.page.getByRole('textbox', { name: 'Password' }).fill(GUEST.password);
    await grace.press('Create account and join');
    await goesTo(grace, 'Sites');
    await grace.sees(grace.page.getByRole('link', { name: 'Workbench' }).first());
    await goesTo(grace, 'People');
    await grace.sees(card(grace, GUEST.name).getByText('Only Workbench'));
    assert.equal(await grace.button('Invite').count(), 0, 'a moderator invites nobody');
    assert.equal(await grace.page.getByRole('link', { name: 'Record' }).count(), 0, 'the record is the owner’s');
  });

  chapter('the owner makes her an admin, and she may do more at once', async () => {
    await walt.page.reload();
    await walt.press(`Change the role of ${GUEST.name}`);
    await dialog(walt).getByRole('radio', { name: 'Admin' }).check();
    await walt.press('Save changes');
    await walt.seesNo(dialog(walt));
    await walt.sees(card(walt, GUEST.name).getByText('Admin', { exact: true }));

    await grace.page.reload();
    await grace.sees(grace.button('Invite'));
    assert.equal(await grace.button(`Change the role of ${OWNER.name}`).count(), 0, 'not the owner’s');
  });

  chapter('the last owner cannot go', async () => {
    await walt.press('Leave');
    await dialog(walt).getByRole('button', { name: 'Leave', exact: true }).click();
    await walt.sees(walt.page.getByText('A tenant needs an owner'));
    await dialog(walt).getByRole('button', { name: 'Cancel' }).click();
    assert.ok(walt.takeErrors().every((error) => /409/.test(error)));
  });

  chapter('who is removed is outside at once', async () => {
    await walt.press(`Remove ${GUEST.name}`);
    await dialog(walt).getByRole('button', { name: 'Remove', exact: true }).click();
    await walt.seesNo(card(walt, GUEST.name));
    await grace.page.reload();
    await grace.sees(grace.page.getByRole('heading', { name: 'There is nothing here' }));
    // 401: before she had an account.
    assert.deepEqual(
      grace.takeErrors().filter((error) => !/40[14]/.test(error)),
      [],
    );
  });

  chapter('a program gets a key, and loses it', async () => {
    await goesTo(walt, 'API keys');
    await walt.sees(walt.page.getByText('No key yet'));
    await walt.press('New key');
    await dialog(walt).getByLabel('Name').fill('Site build');
    await dialog(walt).getByRole('radio', { name: 'Moderate' }).check();
    await walt.press('Make the key');
    const key = await dialog(walt).getByText(/^parlour_[\w-]{20,}$/).innerText();
    await walt.shot('api-key-shown');
    await walt.page.keyboard.press('Escape');
    await walt.seesNo(dialog(walt));
    await assertFineEverywhere(walt, 'api-keys');

    const [, tenantId] = /\/t\/([\w-]+)\//.exec(walt.page.url());
    const asks = (path) =>
      fetch(`${parlour.url}/v1/admin/tenants/${tenantId}/${path}`, { headers: { Authorization: `Bearer ${key}` } });
    assert.equal((await asks('sites')).status, 200);
    assert.equal((await asks('api-keys')).status, 403, 'a key makes no keys');
    await walt.page.reload();
    await walt.sees(card(walt, 'Site build').getByText('last used'));

    await walt.press('Revoke “Site build”');
    await dialog(walt).getByRole('button', { name: 'Revoke', exact: true }).click();
    await walt.sees(walt.page.getByText('No key yet'));
    assert.equal((await asks('sites')).status, 401);
  });

  chapter('somebody changes a password, and is signed out elsewhere', async () => {
    const elsewhere = await Moderator.arrive(browser);
    const signsIn = async (password) => {
      await elsewhere.page.goto(`${parlour.url}/admin/sign-in`);
      await elsewhere.page.getByLabel('Email').fill(OWNER.email);
      await elsewhere.page.getByRole('textbox', { name: 'Password' }).fill(password);
      await elsewhere.press('Sign in');
    };
    await signsIn(OWNER.password);
    await elsewhere.sees(elsewhere.page.getByRole('navigation', { name: 'Main' }));

    await walt.press('Account: Walt Kettering');
    await walt.page.getByRole('menuitem', { name: 'Your account' }).click();
    await walt.sees(walt.page.getByText('This browser'), walt.page.getByRole('button', { name: /^Sign out: / }));
    await assertFineEverywhere(walt, 'account');
    await walt.page.getByRole('textbox', { name: 'Current password' }).fill('not the password');
    await walt.page.getByRole('textbox', { name: 'New password' }).fill('another phrase of his own');
    await walt.press('Change password');
    await walt.sees(walt.page.getByText('This is not your password.'));
    await walt.page.getByRole('textbox', { name: 'Current password' }).fill(OWNER.password);
    await walt.press('Change password');
    await walt.sees(walt.page.getByText('Other browsers are signed out'));
    await walt.seesNo(walt.page.getByRole('button', { name: /^Sign out: / }));
    assert.ok(walt.takeErrors().every((error) => /422/.test(error)));

    await elsewhere.page.reload();
    await elsewhere.sees(elsewhere.page.getByRole('heading', { name: 'Sign in' }));
    await signsIn(OWNER.password);
    await elsewhere.sees(elsewhere.page.getByText('do not match'));
    await elsewhere.context.close();
    await walt.page.goto(`${parlour.url}/admin/`);
  });

  chapter('without a network it says so, keeps what is typed, and goes on by itself', async () => {
    await goesTo(walt, 'Sites');
    await walt.page.getByRole('link', { name: 'New site' }).click();
    const name = walt.page.getByLabel('Site name');
    await name.fill('Written under a mountain');
    await walt.page.getByLabel('Origins').fill('https://mountain.example');
    await walt.page.getByLabel('Origins').press('Enter');
    await walt.context.setOffline(true);
    const offline = walt.page.getByRole('status').filter({ hasText: 'You are offline' });
    await walt.sees(offline);
    await walt.press('Create site');
    await walt.sees(walt.page.getByRole('alert').filter({ hasText: 'The server cannot be reached' }));
    assert.equal(await name.inputValue(), 'Written under a mountain');
    await assertFineEverywhere(walt, 'offline');
    await walt.context.setOffline(false);
    await walt.seesNo(offline);
    walt.takeErrors();
    await walt.page.goto(`${parlour.url}/admin/`);
  });

  chapter('the record tells all of it', async () => {
    await goesTo(walt, 'Record');
    await walt.sees(card(walt, 'Member removed').getByText('Admin'));
    for (const change of ['Role changed', 'Somebody joined', 'Somebody invited', 'Site created', 'Tenant created']) {
      await walt.sees(card(walt, change).first());
    }
    await assertFineEverywhere(walt, 'record');
    await walt.page.getByLabel('Kind of change').selectOption('Role changed');
    await walt.seesNo(card(walt, 'Site created'));
    assert.match(walt.page.url(), /change=member_changed/);
    await walt.page.reload();
    await walt.sees(card(walt, 'Moderator → Admin'));
    assert.equal(await card(walt, 'Site created').count(), 0, 'the filter is part of the address');
    walt.assertCalm();
  });
});
