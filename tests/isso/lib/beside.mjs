// A real Isso and a site of Parlour beside each other, asked the same, and what they answer compared.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Owner } from '../../browser/lib/owner.mjs';
import { startParlour } from '../../browser/lib/server.mjs';
import { DIFFERENCES } from '../differences.mjs';
import { Reading } from './answer.mjs';
import { send } from './http.mjs';
import { ISSO_SALT, startIsso } from './isso.mjs';
import { startPages } from './pages.mjs';

/** Budgets that no test spends. */
export const LIMITS = Object.fromEntries(
  ['read', 'post', 'preview', 'edit', 'vote', 'vote_comment', 'reader', 'feed', 'admin'].map((what) => [
    `PARLOUR_LIMIT_${what.toUpperCase()}`,
    '100000/60',
  ]),
);

/** A site with the rules that Isso has built in. */
export const AS_ISSO = {
  moderation: 'none',
  min_text_length: 3,
  max_text_length: 16_384,
  edit_minutes: 15,
  hash_salt: ISSO_SALT,
};

/** Where somebody writes from unless a test says otherwise: a network of the documentation's (RFC 5737). */
const SOMEWHERE = '192.0.2.7';

/** To be called at the top of a file. `settings` are environment variables of Parlour. */
export function beside(settings = {}) {
  const used = new Set();
  const self = {
    /**
     * A test that asks both servers the same. `isso` are sections of Isso's configuration and `site` the settings of the site that
     * say the same. It fails at its end if they differed in anything but what is intended, and names every such request.
     */
    compares(sentence, { isso = {}, site = {} } = {}, act) {
      it(sentence, async () => {
        const real = await startIsso([self.pages.origin], isso);
        try {
          const { key } = await self.owner.site(self.parlour.url, [self.pages.origin], { ...AS_ISSO, ...site });
          const pair = new Pair(self.pages.origin, real, `${self.parlour.url}/isso/${key}`, used);
          await act(pair);
          pair.assertSame();
        } finally {
          await real.stop();
        }
      });
    },
  };

  before(async () => {
    // One by one, so that `after` knows what there is to end when one of them fails.
    self.pages = await startPages();
    self.parlour = await startParlour({ ...LIMITS, PARLOUR_TRUSTED_PROXIES: '127.0.0.0/8', ...settings });
    self.owner = await Owner.settle(self.parlour);
  });

  after(async () => {
    await self.parlour?.stop();
    await self.pages?.stop();
  });

  /** A test for the end of a file: every intended difference was met, or it has no business in the list. */
  self.findsEveryDifference = () =>
    it('meets every difference that is in the list', () => {
      const unmet = DIFFERENCES.filter((difference) => !used.has(difference));
      assert.deepEqual(
        unmet.map(({ where, what }) => `${where}: ${what}`),
        [],
      );
    });

  return self;
}

class Pair {
  #used;
  #found = [];

  constructor(origin, real, root, used) {
    this.origin = origin;
    this.real = real;
    this.root = root;
    this.#used = used;
    this.sides = {
      isso: { name: 'isso', url: real.url, reading: new Reading(real.url) },
      parlour: { name: 'parlour', url: root, reading: new Reading(root) },
    };
  }

  /**
   * Sends the same request to both and compares the answers. `path` and `body` may be functions of a side, for what has another value
   * there: a moment, a token. `body` is text or becomes JSON. `tokens` are numbers of comments whose cookies are sent, or an object that
   * sends a comment the token of another. With `apart` the answers are not compared, because the two go different ways. Headers of `headers` that are undefined are not sent. Resolves to both answers, unaltered.
   */
  async asks(method, path, options = {}) {
    const { body, from = SOMEWHERE, tokens = [], headers = {} } = options;
    const answers = {};
    for (const side of Object.values(this.sides)) {
      const value = (given) => (typeof given === 'function' ? given(side) : given);
      const content = value(body);
      const text = content === undefined || typeof content === 'string' ? content : JSON.stringify(content);
      const pairs = Array.isArray(tokens) ? tokens.map((number) => [number, number]) : Object.entries(tokens);
      const cookies = pairs.map(([number, whose]) => `${number}=${side.reading.tokens.get(whose) ?? whose}`);
      const all = {
        Origin: this.origin,
        'X-Forwarded-For': from,
        ...(text !== undefined && { 'Content-Type': 'application/json' }),
        ...(cookies.length && { Cookie: cookies.join('; ') }),
        ...headers,
      };
      const sent = Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined));
      const raw = await send(side.url + value(path), { method, headers: sent, body: text });
      answers[side.name] = { ...side.reading.read(raw), raw };
    }
    this.#compare({ method, path: typeof path === 'function' ? path(this.sides.isso) : path, ...options, headers }, answers);
    return { isso: JSON.parse(JSON.stringify(answers.isso.raw)), parlour: answers.parlour.raw };
  }

  #compare(request, { isso, parlour }) {
    if (request.apart) return;
    const { raw: _, ...real } = isso;
    const { raw: __, ...ours } = parlour;
    let expected = plain(real);
    for (const difference of DIFFERENCES) {
      const altered = plain(expected);
      difference.alter(altered, request, plain(real), plain(ours));
      if (isDeepStrictEqual(altered, expected)) continue;
      this.#used.add(difference);
      expected = altered;
    }
    try {
      assert.deepStrictEqual(plain(ours), expected);
    } catch (error) {
      this.#found.push(`${request.method} ${request.path} ${JSON.stringify(request.body) ?? ''}\n${error.message}`);
    }
  }

  get get() {
    return (path, options) => this.asks('GET', path, options);
  }

  /** Posts a comment to a thread; the answers are compared as all are. */
  says(uri, text, { from, tokens, ...body } = {}) {
    const sent = { author: null, email: null, website: null, parent: null, title: 'A thread', text, ...body };
    return this.asks('POST', `/new?uri=${encodeURIComponent(uri)}`, { body: sent, from, tokens });
  }

  assertSame() {
    const found = this.#found.splice(0);
    const most = 12;
    assert.ok(found.length === 0, `${found.length} answers differ:\n\n${found.slice(0, most).join('\n\n')}`);
  }
}

/** A deep copy without prototypes and undefined members. */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
