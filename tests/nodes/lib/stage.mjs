// Everything that takes part: PostgreSQL, Redis, two nodes, nginx before them, an owner with a site, and readers.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { until } from '../../browser/lib/until.mjs';
import { selfSigned } from '../../proxies/lib/proxies.mjs';
import { Client, HOST } from './client.mjs';
import { startPostgres, startRedis } from './engines.mjs';
import { startNginx } from './nginx.mjs';
import { command, makeHome, Node } from './node.mjs';
import { randomPort } from './program.mjs';

export const ORIGIN = 'https://blog.example';
export const PASSWORD = 'waxed linen dial cord';
export const EMAIL = 'walt@example.org';

/** Budgets that no test runs into by chance. */
const GENEROUS = ['READ', 'POST', 'PREVIEW', 'EDIT', 'VOTE', 'VOTE_COMMENT', 'READER', 'LIVE', 'ADMIN', 'SIGN_IN', 'SIGN_IN_NETWORK', 'RESET'];

const generous = () => Object.fromEntries(GENEROUS.map((name) => [`PARLOUR_LIMIT_${name}`, '1000000/60']));

/** Seconds for which a node that is told to stop still takes requests: longer than nginx keeps its connections. */
export const DELAY = 3;

/** `binary` is of the nodes that are started first. Ends with `stop`. */
export async function setUp({ settings = {}, binary, delay = DELAY } = {}) {
  const ends = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const [postgres, redis, pair] = await Promise.all([startPostgres(), startRedis(), selfSigned()]);
    ends.push(pair.remove, redis.stop, postgres.stop);
    const ports = { http: randomPort(), https: randomPort() };
    const home = await makeHome({
      PARLOUR_MODE: 'production',
      PARLOUR_DATABASE_URL: postgres.url,
      PARLOUR_REDIS_URL: redis.url,
      PARLOUR_SECRET_KEY: randomBytes(32).toString('hex'),
      PARLOUR_PUBLIC_URL: `https://${HOST}:${ports.https}`,
      PARLOUR_TRUSTED_PROXIES: '127.0.0.1/32',
      PARLOUR_STREAMS_PER_NETWORK: '1000',
      PARLOUR_ACCESS_MINUTES: '240',
      ...generous(),
      ...settings,
    });
    ends.push(home.remove);
    await command(home, ['setup', '--email', EMAIL, '--name', 'Walt', '--password-stdin', '--json'], { binary, input: `${PASSWORD}\n` });
    // One that is older than this setting refuses it.
    const own = binary ? {} : { PARLOUR_SHUTDOWN_DELAY_SECONDS: String(delay) };
    const nodes = [];
    for (const name of ['A', 'B']) {
      const node = await Node.start(home, { name, settings: own, binary });
      nodes.push(node);
      ends.push(() => node.isRunning && node.stop('SIGINT'));
    }
    const nginx = await startNginx({ nodes, ports, certificate: pair.certificate, key: pair.key });
    if (!nginx) {
      await stop();
      return setUp({ settings, binary, delay });
    }
    ends.push(nginx.stop);
    const client = await Client.trusting(pair.certificate, ports);
    const [a, b] = nodes;
    const stage = { postgres, redis, home, nginx, client, nodes, a, b, ends, stop };
    stage.owner = await Owner.signIn(stage);
    stage.site = await stage.owner.site();
    return stage;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The least that runs: one node with SQLite and nothing before it, which is asked by name. */
export async function setUpAlone({ settings = {} } = {}) {
  const home = await makeHome({
    PARLOUR_PUBLIC_URL: `http://${HOST}`,
    PARLOUR_ACCESS_MINUTES: '240',
    PARLOUR_TRUSTED_PROXIES: '127.0.0.1/32',
    ...generous(),
    ...settings,
  });
  const ends = [home.remove];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    await command(home, ['setup', '--email', EMAIL, '--name', 'Walt', '--password-stdin', '--json'], { input: `${PASSWORD}\n` });
    const node = await Node.start(home, { name: 'a node alone' });
    ends.push(() => node.isRunning && node.stop('SIGINT'));
    const stage = { home, node, nodes: [node], client: new Client(), ends, stop };
    stage.owner = await Owner.signIn(stage);
    stage.site = await stage.owner.site({}, node);
    return stage;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Demands a status. */
export function expect(status, answer) {
  assert.equal(answer.status, status, answer.text);
  return answer;
}

/** Somebody of the team, signed in. Every question may be put to a node of one's choice. */
export class Owner {
  #client;
  #own;

  static async signIn({ client, nodes, home }, email = EMAIL) {
    const owner = new this();
    owner.#client = client;
    owner.#own = new URL(home.options.env.PARLOUR_PUBLIC_URL).origin;
    owner.opened = await owner.signInAgain(nodes[0], email);
    return owner;
  }

  /** Resolves to the tokens of another session. */
  async signInAgain(at, email = EMAIL) {
    const body = { email, password: PASSWORD };
    const answer = await this.asks('POST', '/v1/admin/session', { at, body, token: '' });
    return opened(expect(200, answer));
  }

  /** Resolves to the answer of using a refresh token. */
  renew(refreshCookie, at) {
    return this.asks('POST', '/v1/admin/session/renew', { at, token: '', headers: { Cookie: refreshCookie } });
  }

  asks(method, path, { at, body, token = this.opened.access, headers = {} } = {}) {
    const credentials = token && { Authorization: `Bearer ${token}` };
    return this.#client.ask(path, { at, method, body, headers: { Origin: this.#own, ...credentials, ...headers } });
  }

  get tenant() {
    return `/v1/admin/tenants/${this.tenantId}`;
  }

  async site(settings = {}, at) {
    if (!this.tenantId) {
      this.tenantId = expect(201, await this.asks('POST', '/v1/admin/tenants', { at, body: { name: 'Walt’s sites' } })).json.id;
    }
    const body = { name: 'Walt’s Workbench', origins: [ORIGIN], settings: { moderation: 'none', ...settings } };
    return new Site(this.#client, expect(201, await this.asks('POST', `${this.tenant}/sites`, { at, body })).json);
  }
}

/** What a session was opened with. */
export function opened(answer) {
  const [cookie] = answer.headers['set-cookie'].find((one) => one.includes('parlour_refresh')).split(';');
  return { access: answer.json.access_token, refresh: cookie };
}

/** A site as its readers see it. */
export class Site {
  #client;

  constructor(client, { id, key }) {
    this.#client = client;
    this.id = id;
    this.key = key;
  }

  ask(path, options = {}) {
    return this.#client.ask(`/v1/sites/${this.key}/${path}`, { ...options, headers: { Origin: ORIGIN, ...options.headers } });
  }

  read(thread, { query = '', ...options } = {}) {
    return this.ask(`thread?id=${thread}${query}`, options);
  }

  post(thread, text, { key = randomBytes(12).toString('hex'), parent, ...options } = {}) {
    const body = { thread: { id: thread }, text, parent_id: parent, author: { name: 'A reader' } };
    return this.ask('comments', { method: 'POST', body, ...options, headers: { 'Idempotency-Key': key } });
  }

  /** Resolves to the token of somebody new. */
  async newReader(options = {}) {
    return expect(201, await this.ask('reader', { method: 'POST', ...options })).json.token;
  }

  vote(comment, token, options = {}) {
    return this.ask(`comments/${comment}/vote`, { method: 'PUT', body: { value: 1 }, ...options, headers: { 'Parlour-Tokens': token } });
  }

  async listen(thread, options = {}) {
    return this.#client.listen(`/v1/sites/${this.key}/live?id=${thread}`, { ...options, headers: { Origin: ORIGIN, ...options.headers } });
  }

  /** Every comment of a thread, as pages tell it. */
  async everything(thread, options = {}) {
    const comments = [];
    let [query, first] = ['&limit=100', undefined];
    for (;;) {
      const page = expect(200, await this.read(thread, { ...options, query })).json;
      first ??= page;
      comments.push(...page.comments);
      if (!page.next) return { thread: first.thread, comments };
      query = `&limit=100&after=${page.next}`;
    }
  }
}

/** Resolves when both nodes say that they are ready. */
export function bothReady(stage) {
  return until('both nodes are ready', async () => (await Promise.all(stage.nodes.map((node) => node.isReady()))).every(Boolean));
}
