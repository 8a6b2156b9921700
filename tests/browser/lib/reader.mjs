// What a reader does on a page with comments, in his words and by what he can see.
import { Person } from './people.mjs';

export class Reader extends Person {
  async opens(url) {
    await this.page.goto(url);
  }

  async reloads() {
    await this.page.reload();
  }

  /** Below a long post, comments load when one comes near. */
  async goesToComments() {
    await this.page.locator('parlour-comments').evaluate((element) => element.scrollIntoView());
  }

  /** The comment with this text; its replies are not part of it. */
  comment(text) {
    return this.page.getByRole('article').filter({ hasText: text });
  }

  get empty() {
    return this.page.getByText('No comments yet.');
  }

  get thread() {
    return this.page.locator('parlour-comments');
  }

  get comments() {
    return this.page.getByRole('article', { name: /^Comment by|^This comment was removed/ });
  }

  get title() {
    return this.thread.getByRole('heading', { level: 2 });
  }

  get composer() {
    return this.page.getByRole('textbox', { name: 'Your comment' });
  }

  get preview() {
    return this.page.getByRole('tabpanel', { name: 'Preview' });
  }

  async writes(text, name) {
    await this.composer.fill(text);
    if (name) await this.page.getByLabel('Name').first().fill(name);
  }

  async looksAtPreview() {
    await this.page.getByRole('tab', { name: 'Preview' }).first().click();
  }

  async posts() {
    await this.page.getByRole('button', { name: 'Post', exact: true }).first().click();
  }

  get replyBox() {
    return this.page.getByRole('textbox', { name: /^Your reply to/ });
  }

  /** The form that a text box belongs to. */
  formOf(box) {
    return this.page.locator('form').filter({ has: box });
  }

  /** The button that sends the form above the comments. */
  get postButton() {
    return this.formOf(this.composer).getByRole('button', { name: 'Post', exact: true });
  }

  /** Opens the form under a comment, writes, posts. */
  async answers(text, reply) {
    await this.comment(text).getByRole('button', { name: 'Reply' }).click();
    await this.replyBox.fill(reply);
    await this.formOf(this.replyBox).getByRole('button', { name: 'Post', exact: true }).click();
  }

  /** One of the buttons under the comment with this text. */
  button(text, name) {
    return this.comment(text).getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  /** Until then what belongs to writing may still be on its way. */
  async canWrite() {
    await this.thread.getByRole('tab', { includeHidden: true }).first().waitFor({ state: 'attached' });
  }

  /** The first lines of the comments, from top to bottom. */
  async order() {
    return (await this.thread.locator('.list .body').allInnerTexts()).map((text) => text.split('\n')[0]);
  }

  /** Requests that match are kept waiting until the function that this resolves to is called. */
  async holds(url) {
    let release;
    const released = new Promise((resolve) => (release = resolve));
    await this.page.route(url, async (route) => {
      await released;
      await route.continue();
    });
    return release;
  }

  /** How far below the upper edge of the window it is. */
  async top(locator) {
    return locator.evaluate((element) => element.getBoundingClientRect().top);
  }

  /** Resolves when the keyboard's focus is on it, also in a shadow root. */
  async hasFocus(locator) {
    const element = await locator.elementHandle();
    await this.page.waitForFunction((one) => one.getRootNode().activeElement === one, element);
  }

  /** How much wider the page is than its window. */
  async excess() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  /** What this browser keeps for the site. */
  async kept(site) {
    return this.page.evaluate((name) => JSON.parse(localStorage.getItem(name)), `parlour:${site.key}`);
  }

  waiting(text) {
    return this.comment(text).getByText('Waiting for approval');
  }
}
