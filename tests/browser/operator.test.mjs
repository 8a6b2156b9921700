// Who runs the platform: a plan, a tenant shut and opened, help from within, word for everybody, and what has failed.
//
// Chapters share one server and follow each other; after a chapter that fails the others are skipped.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { openBrowser } from './lib/people.mjs';
import { startParlour } from './lib/server.mjs';

const OPERATOR = { name: 'Olive Turner', email: 'olive@example.org', password: 'brass gauge steam whistle' };
const OWNER = { name: 'Walt Kettering', email: 'walt@example.org', password: 'waxed linen dial cord' };
const SITE = { name: 'Workbench', origins: ['https://bench.example'], moderation: 'Show at once' };

describe('operators', () => {
  let browser, parlour, olive, walt;
  const { chapter, broken } = chapters();

  before(async () => {
    parlour = await startParlour();
    browser = await openBrowser();
    olive = await Moderator.arrive(browser);
    walt = await Moderator.arrive(browser);
  });

  after(async () => {
    if (broken()) await Promise.allSettled([olive?.shot('failed-operator-olive'), walt?.shot('failed-operator-walt')]);
    await browser?.close();
    await parlour?.stop();
  });

  const goesTo = (person, name) =>
    person.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
  const card = (person, name) => person.page.getByRole('listitem').filter({ hasText: name });
  const dialog = (person) => person.page.getByRole('dialog');
  const said = (person, text) => person.page.getByText(text).first();
  const area = async (person, name) => {
    await person.page.goto(`${parlour.url}/admin/operator`);
    await goesTo(person, name);
    await person.sees(person.page.getByRole('heading', { level: 1, name }));
  };

  chapter('the first account runs the platform, and somebody is invited who owns a tenant', async () => {
    await olive.opensSetupLink(parlour.setupLink, OPERATOR);
    await olive.createsTenant('Walt’s sites');
    await olive.createsSite(SITE);
    await goesTo(olive, 'People');
    await olive.press('Invite');
    await dialog(olive).getByLabel('Email').fill(OWNER.email);
    await dialog(olive).getByRole('radio', { name: 'Owner' }).check();
    await olive.press('Make the link');
    const link = await dialog(olive).getByText(/\/admin\/join#token=/).innerText();
    await walt.page.goto(link);
    await walt.page.getByLabel('Your name').fill(OWNER.name);
    await walt.page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
    await walt.page.getByRole('button', { name: /account/i }).last().click();
    await walt.sees(walt.page.getByRole('navigation', { name: 'Main' }));
    // The operator is a stranger there from now on.
    await olive.page.keyboard.press('Escape');
    await olive.seesNo(dialog(olive));
    await card(olive, OPERATOR.name).getByRole('button', { name: /leave/i }).click();
    await dialog(olive).getByRole('button').last().click();
    await olive.seesNo(dialog(olive));
  });

  chapter('whoever is no operator finds nothing there', async () => {
    await walt.page.goto(`${parlour.url}/admin/operator/tenants`);
    await walt.sees(walt.page.getByText('There is nothing here'));
  });

  chapter('a plan is made, and the owner sees what is used of it', async () => {
    await area(olive, 'Plans');
    await olive.sees(olive.page.getByText('No plan yet'));
    await olive.press('New plan');
    await dialog(olive).getByLabel('Name').fill('Small');
    await dialog(olive).getByLabel('Sites').fill('1');
    await dialog(olive).getByLabel('Comments this month').fill('1000');
    await dialog(olive).getByRole('checkbox').check();
    await assertFineEverywhere(olive, 'operator-plan-form');
    await olive.press('Save');
    await olive.sees(card(olive, 'Small').getByText('Default', { exact: true }));

    await walt.page.reload();
    await walt.page.goto(`${parlour.url}/admin/`);
    await walt.sees(walt.page.getByText('The plan is used up'));
    await walt.page.getByRole('link', { name: 'See what is used' }).click();
    await walt.sees(walt.page.getByRole('progressbar', { name: 'Sites: 1 of 1' }));
    await assertFineEverywhere(walt, 'operator-usage');
    await goesTo(walt, 'Sites');
    await walt.page.getByRole('link', { name: 'New site' }).first().click();
    await walt.createsSite({ ...SITE, name: 'One more' });
    await walt.sees(walt.page.getByText('The plan does not allow more'));
    assert.equal(await walt.page.getByLabel('Site name').inputValue(), 'One more', 'what was typed stays');
  });

  chapter('a tenant is found and shut, and its owner reads why', async () => {
    await area(olive, 'Tenants');
    await olive.page.getByRole('searchbox', { name: 'Search' }).fill('WALT@example.org');
    await olive.page.getByRole('link', { name: 'Walt’s sites' }).click();
    await olive.sees(olive.page.getByRole('progressbar', { name: 'Sites: 1 of 1' }));
    await olive.press('Suspend…');
    await dialog(olive).getByRole('radio', { name: 'Nothing' }).check();
    await dialog(olive).getByLabel('Reason').fill('The invoice of March is open.');
    await assertFineEverywhere(olive, 'operator-suspend');
    await dialog(olive).getByRole('button', { name: 'Suspend…' }).click();
    await olive.sees(olive.page.getByText('Readers see no comments.'));
    await assertFineEverywhere(olive, 'operator-tenant');
    await walt.page.goto(`${parlour.url}/admin/`);
    await walt.sees(walt.page.getByText('Reason: The invoice of March is open.'));
    await assertFineEverywhere(walt, 'operator-suspended-owner');
    await olive.press('Resume');
    await olive.sees(olive.page.getByText('Not suspended.', { exact: false }));
  });

  chapter('the operator comes in to help, and the record says so', async () => {
    await olive.press('Act for this tenant…');
    await dialog(olive).getByLabel('Reason').fill('Asked for help with the name.');
    await olive.press('Come in');
    await olive.sees(olive.page.getByText('You act for Walt’s sites'));
    await goesTo(olive, 'People');
    await olive.sees(card(olive, OWNER.name));
    await olive.seesNo(olive.button('Invite'));
    await goesTo(olive, 'Tenant');
    await olive.page.getByLabel('Tenant name').fill('Walt’s workshop');
    await olive.press('Save changes');
    await olive.sees(said(olive, 'Saved'));
    await assertFineEverywhere(olive, 'operator-acting');
    await olive.press('Leave');
    await olive.sees(olive.page.getByRole('heading', { level: 1, name: 'Walt’s workshop' }));
    await olive.seesNo(olive.page.getByText('You act for'));

    await walt.page.goto(`${parlour.url}/admin/`);
    await goesTo(walt, 'Record');
    await walt.sees(card(walt, 'Operator left').getByText(OPERATOR.name));
    await walt.sees(card(walt, 'Tenant renamed').getByText('Operator', { exact: true }));
    await walt.sees(card(walt, 'Operator came in').getByText('Asked for help with the name.'));
  });

  chapter('an announcement reaches everybody until it is put away', async () => {
    await area(olive, 'Announcements');
    await olive.press('New announcement');
    await dialog(olive).getByLabel('Kind').selectOption('Warning');
    await dialog(olive).getByLabel('Text').fill('On Sunday comments can be read and not written.');
    await assertFineEverywhere(olive, 'operator-announcement-form');
    await olive.press('Save');
    await olive.sees(card(olive, 'On Sunday').getByText('Shown now'));
    await walt.page.reload();
    await walt.sees(walt.page.getByText('On Sunday comments'));
    await walt.press('Do not show this again');
    await walt.seesNo(walt.page.getByText('On Sunday comments'));
    await walt.page.reload();
    await walt.sees(walt.page.getByRole('navigation', { name: 'Main' }));
    await walt.seesNo(walt.page.getByText('On Sunday comments'));
  });

  chapter('an account is signed out everywhere and kept out', async () => {
    await area(olive, 'Accounts');
    await olive.page.getByRole('link', { name: OWNER.name }).click();
    await olive.press('Suspend…');
    await dialog(olive).getByLabel('Reason').fill('Sent spam.');
    await dialog(olive).getByRole('button', { name: 'Suspend…' }).click();
    await olive.sees(olive.page.getByText('Reason: Sent spam.'));
    await olive.sees(olive.page.getByText('Not signed in'));
    await assertFineEverywhere(olive, 'operator-account');
    await walt.page.goto(`${parlour.url}/admin/sign-in`);
    await walt.page.getByLabel('Email').fill(OWNER.email);
    await walt.page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
    await walt.press('Sign in');
    await walt.sees(walt.page.getByText('This account is suspended'));
  });

  chapter('jobs are seen by their standing, and everything in German, too', async () => {
    await area(olive, 'Jobs');
    await olive.page.getByRole('combobox', { name: 'Show' }).selectOption('Failed');
    await olive.sees(olive.page.getByText('Nothing to do'));
    await olive.page.getByRole('combobox', { name: 'Show' }).selectOption('All');
    await olive.sees(card(olive, 'retention'));
    await assertFineEverywhere(olive, 'operator-jobs');
  });
});
