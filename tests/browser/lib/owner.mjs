// Somebody who runs sites, at work by the API: sets the stage for what readers then do in the browser.
import { createHmac } from 'node:crypto';
import assert from 'node:assert/strict';

/** Says what was answered when that is not what was hoped for. */
async function send(url, { body, headers, ...options } = {}) {
  const response = await fetch(url, {
    ...options,
    headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
  });
  const answer = await response.text();
  assert.ok(response.ok, `${options.method ?? 'GET'} ${url}: ${response.status} ${answer}`);
  return answer && response.headers.get('Content-Type').includes('json') ? JSON.parse(answer) : answer;
}

/** Who `Owner` is, should he come by himself. */
export const OWNER = { name: 'Walt', email: 'walt@example.org', password: 'waxed linen dial cord' };

export class Owner {
  #url;
  #headers;
  #tenant;
  #account;

  /** Makes the first account and its tenant on a server that was just started. */
  static async settle({ url, setupLink }) {
    const owner = new this();
    const token = new URLSearchParams(new URL(setupLink).hash.slice(1)).get('token');
    // The server's public address, where it has another one.
    const headers = { Origin: new URL(setupLink).origin };
    const session = await send(`${url}/v1/admin/setup`, { method: 'POST', headers, body: { token, ...OWNER } });
    owner.#url = `${url}/v1/admin/tenants`;
    owner.#headers = { ...headers, Authorization: `Bearer ${session.access_token}` };
    owner.#account = session.account.id;
    owner.#tenant = (await owner.asks('POST', '', { name: 'Walt’s sites' })).id;
    return owner;
  }

  get tenantId() {
    return this.#tenant;
  }

  get accountId() {
    return this.#account;
  }

  asks(method, path, body) {
    const tenant = this.#tenant ? `/${this.#tenant}` : '';
    return send(`${this.#url}${tenant}${path}`, { method, headers: this.#headers, body });
  }

  /** A new site; comments are shown at once unless the settings say otherwise. */
  async site(server, origins, settings) {
    const body = { name: 'Walt’s Workbench', origins, settings: { moderation: 'none', ...settings } };
    return new Site(this, server, origins[0], await this.asks('POST', '/sites', body));
  }
}

/** A site with its owner behind it, and other readers in front of it. */
export class Site {
  #owner;
  #door;
  #origin;

  constructor(owner, server, origin, { id, key, snippet }) {
    this.#owner = owner;
    this.#origin = origin;
    this.#door = `${server}/v1/sites/${key}`;
    this.server = server;
    this.id = id;
    this.key = key;
    this.snippet = snippet;
  }

  /** The snippet with attributes on the element and, if wanted, something in it. */
  snippetWith(attributes, content = '') {
    return this.snippet.replace('<parlour-comments></', () => `<parlour-comments ${attributes}>${content}</`);
  }

  // --- its owner

  /** The site's word for who reads, for an hour: a JWT (RFC 7519) of what is said, signed with its sign-in key. */
  async word(claims) {
    const { key } = await this.#owner.asks('GET', `/sites/${this.id}/sign-in-key`);
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const said = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}`;
    return `${said}.${createHmac('sha256', key).update(said).digest('base64url')}`;
  }

  set(settings) {
    return this.#owner.asks('PATCH', `/sites/${this.id}`, { settings });
  }

  /** Lists another origin. */
  allow(origin) {
    return this.#owner.asks('POST', `/sites/${this.id}/origins`, { origin });
  }

  decide(decision, ...comments) {
    return this.#owner.asks('POST', '/decisions', { decision, ids: comments.map(({ id }) => id) });
  }

  answer({ id }, text) {
    return this.#owner.asks('POST', `/comments/${id}/replies`, { text });
  }

  revise({ id }, text) {
    return this.#owner.asks('PATCH', `/comments/${id}`, { text });
  }

  /** Takes a comment, with everything under it, to the conversation of another page. */
  async split({ id }, url, to) {
    const { thread } = await this.thread(url);
    return this.#owner.asks('POST', `/threads/${thread.id}/split`, { comment_id: id, to: { url: to } });
  }

  /** What readers reported of a comment. */
  reports({ id }) {
    return this.#owner.asks('GET', `/comments/${id}/reports`);
  }

  async changeThread(url, change) {
    const { id } = (await this.thread(url)).thread;
    return this.#owner.asks('PATCH', `/threads/${id}`, change);
  }

  // --- its other readers, each of whom is somebody else

  #asks(method, path, body, tokens) {
    const headers = { Origin: this.#origin, ...(tokens && { 'Parlour-Tokens': tokens }) };
    return send(`${this.#door}/${path}`, { method, headers, body });
  }

  thread(url, query = {}) {
    return this.#asks('GET', `thread?${new URLSearchParams({ url, ...query })}`);
  }

  threadById(id) {
    return this.#asks('GET', `thread?${new URLSearchParams({ id })}`);
  }

  /** What a build would put into the page. */
  fragment(url) {
    return this.#asks('GET', `thread.html?${new URLSearchParams({ url, fragment: 1 })}`);
  }

  staticPage(url, query = {}) {
    return `${this.#door}/thread.html?${new URLSearchParams({ url, ...query })}`;
  }

  /** Resolves to the comment, with the `token` that proves whose it is. */
  async post(url, text, { name, website, under, title = 'Fixing the kitchen radio' } = {}) {
    const body = { thread: { url, title }, text, parent_id: under?.id, author: { name, website } };
    const { comment, token } = await this.#asks('POST', 'comments', body);
    return { ...comment, token };
  }

  /** One after the other, so that they have the order in which they are written. */
  async postAll(url, texts, options) {
    const comments = [];
    for (const text of texts) comments.push(await this.post(url, text, options));
    return comments;
  }

  edit({ id, token }, text) {
    return this.#asks('PATCH', `comments/${id}`, { text }, token);
  }

  remove({ id, token }) {
    return this.#asks('DELETE', `comments/${id}`, undefined, token);
  }

  async vote({ id }, value = 1) {
    const { token } = await this.#asks('POST', 'reader');
    return this.#asks('PUT', `comments/${id}/vote`, { value }, token);
  }

  async react(url, kind) {
    const { token } = await this.#asks('POST', 'reader');
    return this.#asks('PUT', 'thread/reaction', { thread: { url }, kind, on: true }, token);
  }
}
