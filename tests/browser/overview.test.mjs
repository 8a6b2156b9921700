// A tenant at a glance: what wants an eye, what happened, what is new.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { Owner, OWNER } from './lib/owner.mjs';
import { openBrowser } from './lib/people.mjs';
import { startParlour } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const BLOG = 'https://bench.example';

describe('overview', () => {
  let browser, parlour, owner, bench, garden, walt;
  const { chapter, broken } = chapters();

  before(async () => {
    parlour = await startParlour();
    browser = await openBrowser();
    owner = await Owner.settle(parlour);
    walt = await Moderator.arrive(browser);
  });

  after(async () => {
    if (broken()) await walt?.shot('failed-overview').catch(() => undefined);
    await browser?.close();
    await parlour?.stop();
  });

  const attention = () => walt.page.getByRole('region', { name: 'Needs attention' });

  chapter('a tenant without a site is shown the way to one', async () => {
    await walt.signsIn(parlour.url, OWNER);
    await walt.sees(walt.page.getByRole('heading', { name: 'Overview' }), walt.page.getByText('No site yet'));
    assert.match(walt.page.url(), /\/overview$/, 'it is where one comes to');
    // 401: before he was signed in.
    assert.ok(walt.takeErrors().every((error) => /401/.test(error)));
    await assertFineEverywhere(walt, 'overview-empty');
  });

  chapter('what wants an eye has its way to it', async () => {
    bench = await owner.site(parlour.url, [BLOG], { moderation: 'all' });
    garden = await owner.site(parlour.url, ['https://garden.example'], {});
    const words = ['The tube glows blue.', 'Has anybody measured the heater?', 'Mine hums, and **not** in tune.'];
    await bench.postAll(`${BLOG}/radio`, words, { name: 'Ada' });
    const refused = await fetch(`${parlour.url}/v1/sites/${bench.key}/thread?id=x`, {
      headers: { Origin: 'https://www.bench.example' },
    });
    assert.equal(refused.status, 403);
    await bench.thread(`${BLOG}/radio`);

    await until('the refusal is written', async () => (await owner.asks('GET', '/overview')).refused_origin_count === 1);
    await walt.page.reload();
    await walt.sees(
      attention().getByText('3 comments wait for a decision'),
      attention().getByText('https://www.bench.example is not among the origins of'),
      walt.page.getByText('The tube glows blue.'),
    );
    await attention().getByText('3 comments wait').click();
    await walt.sees(walt.page.getByRole('heading', { level: 1, name: 'Comments' }));
    await walt.page.goBack();
    await walt.sees(attention());
    // The queue is one key away.
    await walt.page.keyboard.press('q');
    await walt.sees(walt.comment('The tube glows blue.'));
    await walt.page.goBack();
    await walt.sees(attention());
  });

  chapter('what happened is drawn, and can be read by those who do not see it', async () => {
    const counted = async () => (await owner.asks('GET', '/statistics')).totals.comments === 3;
    // The count stays some seconds behind, and comes by every twenty.
    await until('the comments are counted', counted, 60_000);
    await walt.page.reload();
    const chart = walt.page.getByRole('region', { name: 'Comments', exact: true });
    await walt.sees(chart.getByText('3', { exact: true }).first());
    const table = chart.getByRole('table', { name: 'Comments' });
    assert.equal(await table.getByRole('row').count(), 31);
    assert.match(await table.getByRole('row').last().innerText(), /3$/);
    await walt.sees(walt.page.getByRole('region', { name: 'Busiest conversations' }).getByRole('link'));
    await assertFineEverywhere(walt, 'overview');
  });

  chapter('who writes is found, and all he wrote is decided about at once and back', async () => {
    await walt.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).click();
    await walt.page.getByRole('link', { name: 'Commenters' }).click();
    const ada = walt.page.getByRole('list', { name: 'Commenters' }).getByRole('listitem').filter({ hasText: 'Ada' });
    await walt.sees(ada.getByText('Pending 3'));
    await assertFineEverywhere(walt, 'commenters');
    await walt.page.getByLabel('Search commenters').fill('nobody of this name');
    await walt.sees(walt.page.getByText('Nobody of this name'));
    await walt.page.getByLabel('Search commenters').fill('ada');
    await walt.page.getByRole('link', { name: 'Ada', exact: true }).click();
    await walt.sees(walt.page.getByRole('heading', { name: 'Ada' }), walt.page.getByText('The tube glows blue.'));
    await assertFineEverywhere(walt, 'commenter');
    await walt.press('Mark 3 comments as spam');
    await walt.sees(walt.page.getByText('3 comments marked as spam'), walt.page.getByText('Spam 3'));
    await walt.page.keyboard.press('u');
    await walt.sees(walt.page.getByText('Pending 3'), walt.button('Approve 3 waiting comments'));
    // From the queue, too.
    await walt.goesToQueue();
    await walt.comment('Mine hums').getByRole('link', { name: 'all by this author' }).click();
    await walt.sees(walt.page.getByRole('heading', { name: 'Ada' }));
    await walt.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview' }).click();
  });

  chapter('the queue decides at once, by the keyboard and in thousands', async () => {
    await walt.goesToQueue();
    await walt.sees(walt.comment('The tube glows blue.'));
    // The server says nothing yet, and the comment is gone from the list all the same.
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await walt.page.route('**/decisions', async (route) => {
      await held;
      await route.continue();
    });
    await walt.page.keyboard.press('j');
    await walt.page.keyboard.press('s');
    await walt.seesNo(walt.comment('Mine hums'));
    answer();
    await walt.sees(walt.page.getByText('Comment marked as spam'));
    await walt.page.unroute('**/decisions');
    await walt.page.keyboard.press('u');
    await walt.sees(walt.comment('Mine hums'));
    await walt.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview' }).click();
  });

  chapter('one site alone, a longer time, and a table to take away', async () => {
    await walt.page.getByLabel('Site', { exact: true }).selectOption({ index: 2 });
    await walt.seesNo(attention().getByText('3 comments wait'));
    assert.match(walt.page.url(), new RegExp(`site=${garden.id}`));
    await walt.page.reload();
    await walt.sees(walt.page.getByText('Days are those of UTC.'));
    await walt.page.getByLabel('Time span').selectOption('Last 365 days');
    assert.match(walt.page.url(), /days=365/);
    const chart = walt.page.getByRole('region', { name: 'Reads', exact: true });
    await until('the bars are months', async () => [13, 14].includes(await chart.getByRole('row').count()));
    const download = walt.page.waitForEvent('download');
    await walt.press('Download as CSV');
    assert.match((await download).suggestedFilename(), /^statistics-.*\.csv$/);
    walt.assertCalm();
  });
});
