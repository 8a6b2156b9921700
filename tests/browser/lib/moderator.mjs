// What the people behind a site do in the admin UI, in their words and by what they can see.
import { Person } from './people.mjs';

export class Moderator extends Person {
  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  async press(name) {
    await this.button(name).click();
  }

  // --- the guided first steps

  async opensSetupLink(link, { name, email, password }) {
    await this.page.goto(link);
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password);
    await this.shot('admin-setup');
    await this.press('Create account');
  }

  async signsIn(server, { email, password }) {
    await this.page.goto(`${server}/admin/sign-in`);
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password);
    await this.press('Sign in');
    await this.sees(this.page.getByRole('navigation', { name: 'Main' }));
  }

  async createsTenant(name) {
    await this.page.getByLabel('Tenant name').fill(name);
    await this.press('Create tenant');
  }

  /** Resolves when the new site is on the screen: who goes elsewhere before that is led to it all the same. */
  async createsSite(site) {
    await this.asksForSite(site);
    await this.sees(this.page.getByRole('heading', { name: site.name, exact: true }));
  }

  async asksForSite({ name, origins, moderation }) {
    await this.page.getByLabel('Site name').fill(name);
    for (const origin of origins) {
      await this.page.getByLabel('Origins').fill(origin);
      await this.page.getByLabel('Origins').press('Enter');
    }
    await this.page.getByRole('radio', { name: moderation }).check();
    await this.shot('admin-site-form');
    await this.press('Create site');
  }

  /** The two lines, as they stand on the screen. */
  async snippet() {
    return this.page.getByLabel('Snippet', { exact: true }).innerText();
  }

  // --- the queue

  async goesToQueue() {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Comments' }).click();
  }

  async looksAt(state) {
    await this.page.getByRole('navigation', { name: 'Comments by state' }).getByRole('link', { name: state }).click();
  }

  /** A comment in the list, by its own text and not by that of the comment it answers, which is quoted above it. */
  comment(text) {
    const own = this.page.locator(`:text(${JSON.stringify(text)}):not(blockquote *)`);
    return this.page.getByRole('article').filter({ has: own });
  }

  async decides(text, decision) {
    await this.comment(text).getByRole('button', { name: decision, exact: true }).click();
    await this.seesNo(this.comment(text));
  }

  /** Undoes the decision of which the last note says this; those before may still be fading from the screen. */
  async takesBack(note) {
    const notes = this.page.getByRole('alert').filter({ hasText: note });
    await notes.last().getByRole('button', { name: 'Undo' }).click();
  }

  async edits(text, newText) {
    await this.comment(text).getByRole('button', { name: 'Edit', exact: true }).click();
    await this.page.getByRole('textbox', { name: /^Text of the comment by/ }).fill(newText);
    await this.press('Save comment');
    await this.sees(this.comment(newText));
  }

  async answers(text, reply, send = 'Send reply') {
    await this.comment(text).getByRole('button', { name: 'Reply', exact: true }).click();
    await this.page.getByRole('textbox', { name: /^Your reply to/ }).fill(reply);
    await this.press(send);
    await this.sees(this.page.getByText('Reply sent'));
  }

  // --- a site

  async goesToSite(name, tab) {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sites' }).click();
    await this.page.getByRole('link', { name }).first().click();
    await this.page.getByRole('navigation', { name: 'Parts of this site' }).getByRole('link', { name: tab }).click();
  }
}
