// Without JavaScript: the conversation as a page with a form, and as a part of the owner's page.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stage } from './lib/stage.mjs';

const WITHOUT = { javaScriptEnabled: false };

describe('without JavaScript', () => {
  const on = stage();

  it('one reads, previews, posts, answers and votes', async () => {
    const site = await on.site({ consent: 'I know the rules.', notice: 'Be kind.' });
    const url = on.publish(site);
    await site.post(url, 'Does it **hum**?', { name: 'Ada' });
    await on.visit(
      site.staticPage(url, { title: 'Fixing the kitchen radio' }),
      async (reader) => {
        const { page } = reader;
        const button = (name) => page.getByRole('button', { name, exact: true });
        await reader.sees(
          page.getByRole('heading', { level: 1, name: 'Fixing the kitchen radio' }),
          reader.comment('Does it').locator('strong', { hasText: 'hum' }),
          page.getByText('Be kind.'),
        );
        assert.equal(await page.locator('link[rel=canonical]').getAttribute('href'), url);

        await page.getByLabel('Your comment').fill('It is **warm**, too.');
        await page.getByLabel('Name').fill('Nora');
        await button('Preview').click();
        await reader.sees(page.locator('strong', { hasText: 'warm' }));
        assert.equal(await page.getByLabel('Your comment').inputValue(), 'It is **warm**, too.');
        assert.equal((await site.thread(url)).comments.length, 1, 'a preview stores nothing');

        const consent = page.getByRole('checkbox', { name: 'I know the rules.' });
        await button('Post').click();
        await reader.sees(page.getByRole('alert').getByRole('link', { name: 'Tick the box to agree.' }));
        assert.equal(await page.getByLabel('Your comment').inputValue(), 'It is **warm**, too.', 'the text is kept');
        await consent.check();
        await page.getByLabel('Mail address').fill('nora at home');
        // The browser's own check of the field would do, but not every browser has one.
        await page
          .locator('form')
          .filter({ has: button('Preview') })
          .evaluate((form) => (form.noValidate = true));
        await button('Post').click();
        await reader.sees(page.getByRole('alert').getByRole('link', { name: /Mail address/ }));
        assert.equal(await page.getByLabel('Your comment').inputValue(), 'It is **warm**, too.', 'and again');
        assert.equal(await page.getByLabel('Mail address').getAttribute('aria-invalid'), 'true');
        assert.ok(await consent.isChecked(), 'and the consent');

        await page.getByLabel('Mail address').fill('');
        await button('Post').click();
        await reader.sees(page.getByText('Your comment is published.'), reader.comment('It is warm, too.'));
        // Loading the answer again must not post again.
        await reader.reloads();
        assert.equal((await site.thread(url)).comments.length, 2);

        await reader.comment('Does it').getByRole('link', { name: 'Reply to Ada' }).click();
        await page.getByLabel('Your comment').fill('Not any more.');
        await page.getByRole('checkbox', { name: 'I know the rules.' }).check();
        await button('Post').click();
        await reader.sees(page.locator('li li').filter({ hasText: 'Not any more.' }));

        await reader.comment('Does it').getByRole('button', { name: 'Good: 0', exact: true }).click();
        await reader.sees(page.getByText('Your vote is counted.'));
        assert.deepEqual((await site.thread(url)).comments[0].votes, { up: 1, down: 0 });
        await button('Take it back').click();
        await reader.sees(page.getByText('Your vote is taken back.'));
        assert.deepEqual((await site.thread(url)).comments[0].votes, { up: 0, down: 0 });
      },
      // What a refusal looks like is the page's own business; the browser notes its status.
      { ...WITHOUT, allowed: /Failed to load resource.*422/ },
    );
  });

  it('what a build put into the owner’s page is read there, and leads to the form', async () => {
    const site = await on.site();
    const url = on.publish(site);
    await site.post(url, 'Built in.', { name: 'Ada' });
    const page = on.publish(site, 'post', { snippet: site.snippetWith(`url="${url}"`, await site.fragment(url)) });
    await on.visit(
      page,
      async (reader) => {
        await reader.sees(reader.page.getByText('Built in.'));
        await reader.page.locator('.parlour-write').getByRole('link').click();
        await reader.page.getByLabel('Your comment').fill('From a plain page.');
        await reader.page.getByRole('button', { name: 'Post', exact: true }).click();
        await reader.sees(reader.page.getByText('Your comment is published.'));
      },
      WITHOUT,
    );
    assert.equal((await site.thread(url)).comments.length, 2);
  });

  it('long conversations have pages, and orders', async () => {
    const site = await on.site();
    const url = on.publish(site);
    await site.postAll(
      url,
      Array.from({ length: 55 }, (_, index) => `Remark no. ${index + 1}.`),
    );
    await on.visit(
      site.staticPage(url),
      async (reader) => {
        await reader.sees(reader.comment('Remark no. 50.'));
        await reader.page.locator('a[rel=next]').click();
        await reader.sees(reader.comment('Remark no. 55.'));
        assert.equal(await reader.comment('Remark no. 50.').count(), 0);
        await reader.page.getByRole('link', { name: 'Newest first' }).click();
        await reader.sees(reader.comment('Remark no. 55.'));
        assert.match(await reader.page.getByRole('article').first().innerText(), /Remark no\. 55\./);
      },
      { ...WITHOUT, viewport: { width: 320, height: 640 } },
    );
  });
});
