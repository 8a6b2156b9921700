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

  /** Opens the form under a comment, writes, posts. */
  async answers(text, reply) {
    await this.comment(text).getByRole('button', { name: 'Reply' }).click();
    const form = this.page.locator('form').filter({ has: this.page.getByRole('textbox', { name: /^Your reply to/ }) });
    await form.getByRole('textbox', { name: /^Your reply to/ }).fill(reply);
    await form.getByRole('button', { name: 'Post', exact: true }).click();
  }

  waiting(text) {
    return this.comment(text).getByText('Waiting for approval');
  }
}
