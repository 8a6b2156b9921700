// Browsers with people in front of them. Each person has a profile of their own and is watched for what must not happen.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { chromiumPath } from './chromium.mjs';

const SHOTS = new URL('../shots/', import.meta.url);
const PATIENCE = 30_000;
/** Pictures cost a third of a run and are for people: taken when somebody wants to look, and of what failed. */
const ARE_WANTED = process.env.SHOTS === '1';

/** `rules` say where hosts are, as Chromium reads them (`MAP blog.example 127.0.0.1`). */
export async function openBrowser(rules = []) {
  await mkdir(SHOTS, { recursive: true });
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(rules.length ? [`--host-resolver-rules=${rules.join(', ')}`] : []),
    ],
  });
}

export class Person {
  /** Console errors (violations of the content security policy are among them) and uncaught exceptions. */
  errors = [];
  /** Origins of everything that was requested. */
  origins = new Set();
  /** URLs of answers that wanted to set a cookie. */
  cookieSetters = [];

  static async arrive(browser, options = {}) {
    const person = new this();
    person.context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1100, height: 900 }, ...options });
    person.context.setDefaultTimeout(PATIENCE);
    person.context.on('request', (request) => person.#note(request.url()));
    person.context.on('response', (response) => person.#watch(response));
    person.page = await person.context.newPage();
    person.page.on('console', (message) => {
      if (message.type() === 'error') person.errors.push(`${message.text()} (${message.location().url})`);
    });
    person.page.on('pageerror', (error) => person.errors.push(String(error)));
    return person;
  }

  #note(url) {
    const { protocol, origin } = new URL(url);
    if (protocol === 'http:' || protocol === 'https:') this.origins.add(origin);
  }

  async #watch(response) {
    const headers = await response.allHeaders().catch(() => ({}));
    if (headers['set-cookie']) this.cookieSetters.push(response.url());
  }

  /** Resolves when all of them are visible. */
  async sees(...locators) {
    await Promise.all(locators.map((locator) => locator.waitFor({ state: 'visible' })));
  }

  async seesNo(locator) {
    await locator.waitFor({ state: 'hidden' });
  }

  /** Resolves when there is not one of them, however many there were. */
  async seesNone(locator) {
    for (let one = await locator.count(); one > 0; one = await locator.count()) {
      await this.seesNo(locator.first());
    }
  }

  /** Into `shots/`, for people to look at. */
  async shot(name) {
    if (!ARE_WANTED && !name.startsWith('failed')) return;
    await this.page.screenshot({ path: new URL(`${name}.png`, SHOTS).pathname, fullPage: true, animations: 'disabled' });
  }

  /** The errors since the last call. */
  takeErrors() {
    return this.errors.splice(0);
  }

  assertCalm() {
    assert.deepEqual(this.takeErrors(), [], 'the console is silent');
  }
}
