// Readers, writers and moderators who go on while something happens to what they ask, and what became of each request.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two requests of one person: busy, and not all that two cores can do. */
const PAUSE = 25;

export class Load {
  answers = [];
  /** What was answered 201, and what still waits for it. */
  posts = [];
  #people = [];
  #stopped = false;
  #stage;

  constructor(stage) {
    this.#stage = stage;
    // Also where a test fails half-way.
    stage.ends.push(() => this.stop());
  }

  /** Asks once and notes what came of it. */
  async #try(kind, act) {
    const at = performance.now();
    try {
      const answer = await act();
      const { ms, status, headers, text } = answer;
      this.answers.push({ kind, at, ms, status, retryAfter: headers['retry-after'], text: text.slice(0, 300) });
      return answer;
    } catch (error) {
      this.answers.push({ kind, at, ms: performance.now() - at, error: `${error.code ?? ''} ${error.message}` });
      return undefined;
    }
  }

  #goOn(act) {
    this.#people.push(
      (async () => {
        for (let turn = 0; !this.#stopped; turn += 1) {
          await act(turn);
          await sleep(PAUSE);
        }
      })(),
    );
  }

  /** Somebody who reads, half of the time what he has already. */
  reader(kind, thread, options = {}) {
    let tag;
    this.#goOn(async (turn) => {
      const headers = turn % 2 && tag ? { 'If-None-Match': tag } : {};
      const answer = await this.#try(kind, () => this.#stage.site.read(thread, { from: this.#people.length, ...options, headers }));
      tag = answer?.headers.etag ?? tag;
    });
  }

  /** Somebody who writes, now and then a reply, and tries each comment under its key until it is stored. */
  writer(thread, options = {}) {
    const from = 100 + this.#people.length;
    let last;
    this.#goOn(async (turn) => {
      const name = randomBytes(12).toString('hex');
      const post = { thread, from, key: name, text: `Said by ${from}: ${name}`, tries: 0 };
      if (turn % 3 === 2) post.parent = last;
      this.posts.push(post);
      while (!this.#stopped && !post.id) {
        await this.attempt(post, options);
        if (!post.id) await sleep(PAUSE * 4);
      }
      last = post.id ?? last;
    });
  }

  async attempt(post, options = {}) {
    post.tries += 1;
    const { thread, text, key, parent, from } = post;
    const answer = await this.#try('post', () => this.#stage.site.post(thread, text, { key, parent, from, ...options }));
    if (answer?.status === 201) Object.assign(post, { id: answer.json.comment.id, number: answer.json.comment.number });
    return answer;
  }

  /** Somebody who is for everything that is said, and tries until that is stored. */
  voter(token, options = {}) {
    this.#goOn(async () => {
      const post = this.posts.find(({ id, votes }) => id && !votes?.has(token));
      if (!post) return;
      const answer = await this.#try('vote', () => this.#stage.site.vote(post.id, token, options));
      if (answer?.status === 200) (post.votes ??= new Set()).add(token);
    });
  }

  /** Somebody of the team: looks at the queue, and changes the site now and then. */
  moderator({ changes = true } = {}) {
    const { owner, site } = this.#stage;
    this.#goOn((turn) =>
      this.#try('admin', () =>
        changes && turn % 4 === 3
          ? owner.asks('PATCH', `${owner.tenant}/sites/${site.id}`, { body: { name: `Walt’s Workbench ${turn}` } })
          : owner.asks('GET', `${owner.tenant}/comments?state=published`),
      ),
    );
  }

  /** Anything else that is asked again and again. */
  person(kind, act) {
    this.#goOn((turn) => this.#try(kind, () => act(turn)));
  }

  async stop() {
    this.#stopped = true;
    await Promise.all(this.#people);
    return this;
  }

  /** What readers' pages do that got no answer: they try again, and have it at last. */
  async finishPosts(options) {
    for (const post of this.posts) {
      for (let attempt = 0; !post.id && attempt < 50; attempt += 1) {
        const answer = await this.attempt(post, options);
        if (answer?.status !== 201) await sleep(100);
      }
    }
  }

  /** Requests that failed: no answer, or one that says that it was the server's fault. */
  failed(kind) {
    return this.answers.filter((one) => (one.error || one.status >= 500) && (!kind || one.kind === kind));
  }

  /** How long those of a kind took, in milliseconds, for people. */
  times(kind) {
    return JSON.stringify(spread(this.answers.filter((one) => one.kind === kind).map(({ ms }) => ms)));
  }

  /** How many of which kind, and of which outcome. */
  summary() {
    const counts = {};
    for (const { kind, status } of this.answers) {
      const name = `${kind} ${status ?? 'no answer'}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return Object.entries(counts).sort().map(([name, count]) => `${name}: ${count}`).join(', ');
  }
}

/** Middle and worst of some numbers, for people. */
export function spread(numbers) {
  const sorted = [...numbers].sort((one, two) => one - two);
  const at = (share) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN) * 10) / 10;
  return { median: at(0.5), p99: at(0.99), worst: at(1), count: sorted.length };
}
