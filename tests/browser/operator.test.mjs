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
    await walt.asksForSite({ ...SITE, name: 'One more' });
    await walt.sees(walt.page.getByText('The plan does not allow more'));
    assert.equal(await walt.page.getByLabel('Site name').inputValue(), 'One more', 'what was typed stays');
  });

  chapter('what may be chosen for sites is narrowed, and the owner’s form says so', async () => {
    await area(olive, 'Settings of sites');
    await olive.press('Change “Longest comment”');
    await dialog(olive).getByLabel('At most').fill('99');
    await dialog(olive).getByLabel('At most').evaluate((field) => field.form.setAttribute('novalidate', ''));
    await dialog(olive).getByRole('button', { name: 'Save' }).click();
    await olive.sees(dialog(olive).getByText('This is out of range.'));
    await dialog(olive).getByLabel('At most').fill('4000');
    await assertFineEverywhere(olive, 'operator-bound-form');
    await dialog(olive).getByRole('button', { name: 'Save' }).click();
    await olive.seesNo(dialog(olive));
    const longest = card(olive, 'Longest comment');
    await olive.sees(longest.getByText('New sites: 4,000. From 100 to 4,000.'));
    await olive.sees(longest.getByText('Bounded'));
    await olive.press('Change “Show images in comments”');
    await dialog(olive).getByRole('switch', { name: 'Owners have no say' }).check();
    await dialog(olive).getByRole('button', { name: 'Save' }).click();
    await olive.sees(card(olive, 'Show images in comments').getByText('Fixed', { exact: true }));
    await olive.press('Change “Votes on comments”');
    await dialog(olive).getByRole('combobox', { name: 'Owners choose among' }).click();
    const offered = olive.page.getByRole('listbox', { name: 'Owners choose among' });
    await offered.getByRole('option', { name: 'Up and down' }).click();
    await olive.page.keyboard.press('Escape');
    await dialog(olive).getByRole('button', { name: 'Save' }).click();
    await olive.seesNo(dialog(olive));
    await olive.sees(card(olive, 'Votes on comments').getByText('This platform offers'));
    await assertFineEverywhere(olive, 'operator-bounds');

    await walt.page.goto(`${parlour.url}/admin/`);
    await goesTo(walt, 'Sites');
    await walt.page.getByRole('link', { name: SITE.name }).first().click();
    await walt.page.getByRole('link', { name: 'Settings', exact: true }).click();
    const field = walt.page.getByLabel('Longest comment');
    await walt.sees(walt.page.getByText('Your site has another value; it stays until you change it.').first());
    assert.equal(await field.inputValue(), '10000', 'what the site has stays');
    assert.ok(await walt.page.getByRole('switch', { name: 'Show images in comments' }).isDisabled());
    await walt.sees(walt.page.getByText('Fixed by the platform: off.', { exact: false }));
    await assertFineEverywhere(walt, 'operator-bounded-settings');
    await field.fill('5000');
    await walt.press('Save changes');
    await walt.sees(walt.page.getByText('From 100 to 4,000.').last());
    await field.fill('3000');
    await walt.press('Save changes');
    await walt.sees(walt.page.getByText('Saved', { exact: true }));
  });

  chapter('a tenant is found and shut, and its owner reads why', async () => {
    await area(olive, 'Tenants');
    await olive.page.getByRole('searchbox', { name: 'Search' }).fill('WALT@example.org');
    await olive.page.waitForURL(/q=WALT/);
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

  chapter('one tenant is given more than its plan', async () => {
    await olive.press('Other quotas…');
    await dialog(olive).getByRole('combobox', { name: 'Sites', exact: true }).selectOption('A limit of its own');
    await dialog(olive).getByLabel('Sites: limit').fill('3');
    await dialog(olive).getByRole('combobox', { name: 'Comments this month' }).selectOption('No limit');
    await assertFineEverywhere(olive, 'operator-quotas-form');
    await dialog(olive).getByRole('button', { name: 'Save' }).click();
    await olive.seesNo(dialog(olive));
    await olive.sees(olive.page.getByRole('progressbar', { name: 'Sites: 1 of 3' }));
    await olive.sees(olive.page.getByText('1 of 3 (other than the plan)'));
    await olive.sees(olive.page.getByText('Sites: 1 → 3', { exact: false }));
    await walt.page.goto(`${parlour.url}/admin/`);
    await goesTo(walt, 'Tenant');
    await walt.sees(walt.page.getByText('1 of 3 (other than the plan)'));
    await assertFineEverywhere(walt, 'operator-own-quotas');
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

  chapter('every setting of the server is there to be read, and no secret', async () => {
    await area(olive, 'Server settings');
    await olive.page.getByRole('searchbox', { name: 'Find a setting' }).fill('secret');
    await olive.sees(card(olive, 'previous_secret_keys'));
    await olive.seesNo(card(olive, 'limit_post'));
    await olive.page.getByRole('searchbox', { name: 'Find a setting' }).fill('listen');
    await olive.sees(card(olive, 'listen').getByText('From the environment').first());
    await olive.page.getByRole('searchbox', { name: 'Find a setting' }).fill('');
    await assertFineEverywhere(olive, 'operator-config');
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

describe('operators who need a second factor', () => {
  let browser, parlour, olive;
  const { chapter, broken } = chapters();

  before(async () => {
    parlour = await startParlour({ PARLOUR_OPERATORS_NEED_FACTOR: 'true' });
    browser = await openBrowser();
    olive = await Moderator.arrive(browser);
  });

  after(async () => {
    if (broken()) await olive?.shot('failed-operator-factor');
    await browser?.close();
    await parlour?.stop();
  });

  chapter('are led to set one up', async () => {
    await olive.opensSetupLink(parlour.setupLink, OPERATOR);
    await olive.createsTenant('Olive’s sites');
    await olive.sees(olive.page.getByLabel('Site name'));
    await olive.page.goto(`${parlour.url}/admin/operator`);
    await olive.sees(olive.page.getByRole('heading', { name: 'Set up a second factor first' }));
    await assertFineEverywhere(olive, 'operator-factor-needed');
    await olive.page.getByRole('link', { name: 'To your account' }).click();
    await olive.sees(olive.page.getByRole('heading', { level: 1, name: 'Your account' }));
  });
});
