// What readers see when a part goes away and comes back: a node, Redis, PostgreSQL, a worker.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../browser/lib/until.mjs';
import { assertAllThere, assertConsistent } from './lib/books.mjs';
import { Load } from './lib/load.mjs';
import { command, Node } from './lib/node.mjs';
import { startSmtp } from './lib/smtp.mjs';
import { bothReady, EMAIL, expect, PASSWORD, setUp } from './lib/stage.mjs';

/** Previews that one network has. */
const PREVIEWS = 25;

const WRITERS = 6;

/** Milliseconds after which nginx has noticed that a node is back: `fail_timeout`, in its whole seconds. */
const SEEN = 2500;

/** A page that listens through nginx, and comes back with what it knows whenever it is cut off, as browsers do. */
class OpenPage {
  breaks = 0;
  resets = 0;
  told = new Set();
  #stream;
  #isOpen = true;
  #texts = [];

  constructor(site, thread) {
    this.ended = this.#listen(site, thread);
  }

  async #listen(site, thread) {
    let last;
    while (this.#isOpen) {
      try {
        this.#stream = await site.listen(thread, { from: 90, headers: last ? { 'Last-Event-ID': last } : {} });
        await this.#stream.ended;
        for (const { text } of this.#stream.events) this.#note(text);
        last = /^id: (\d+)$/m.exec(this.#stream.events.at(-1)?.text)?.[1] ?? last;
      } catch {
        // Nobody was there just now.
      }
      if (this.#isOpen) this.breaks += 1;
      await sleep(100);
    }
  }

  #note(text) {
    if (/^event: reset$/m.test(text)) this.resets += 1;
    this.told.add(/^id: (\d+)$/m.exec(text)?.[1]);
    this.#texts.push(text);
  }

  hears(words) {
    const texts = () => [...this.#texts, ...(this.#stream?.events ?? []).map(({ text }) => text)];
    return until(`an open page hears: ${words}`, () => texts().some((text) => text.includes(words)));
  }

  async close() {
    this.#isOpen = false;
    this.#stream?.close();
    await this.ended;
  }
}

describe('with a part away', () => {
  let stage;
  let load;
  let smtp;
  before(async () => {
    smtp = await startSmtp();
    stage = await setUp({
      settings: {
        PARLOUR_LIMIT_PREVIEW: `${PREVIEWS}/3600`,
        PARLOUR_DATABASE_WAIT_SECONDS: '2',
        PARLOUR_SMTP_URL: smtp.url,
        PARLOUR_MAIL_FROM: 'comments@comments.example',
        // Workers are processes of their own here.
        PARLOUR_WORKER: 'false',
      },
    });
    expect(201, await stage.site.post('quiet', 'Nobody answers this'));
  });
  after(async () => {
    await stage?.stop();
    await smtp?.stop();
  });
  beforeEach(async () => {
    await bothReady(stage);
    load = new Load(stage);
  });
  afterEach(() => load.stop());

  /** People of every kind, through nginx. */
  async function begin(moderator = {}) {
    for (let number = 0; number < WRITERS; number += 1) load.writer(number % 2 ? 'hot' : `page-${number}`);
    for (let number = 0; number < 3; number += 1) load.reader('quiet', 'quiet');
    load.reader('hot', 'hot');
    load.moderator(moderator);
    await enough(30);
  }

  /** Until so many comments more have been answered. */
  function enough(more) {
    const there = () => load.posts.filter(({ id }) => id).length;
    const goal = there() + more;
    return until('people go on writing', () => there() >= goal);
  }

  async function finish() {
    await load.stop();
    await load.finishPosts();
    console.log(load.summary());
    assert.deepEqual(load.posts.filter(({ id }) => !id), [], 'everything was stored in the end');
    const { stored } = await assertAllThere(stage.postgres.query, load.posts);
    await assertConsistent(stage.postgres.query);
    return stored;
  }

  it('a node that is killed in the middle of posting loses nothing that was answered, and doubles nothing', async () => {
    await begin();
    const page = new OpenPage(stage.site, 'hot');
    for (const node of [stage.a, stage.b, stage.a]) {
      await enough(20);
      await node.kill();
      await enough(20);
      await node.again();
      await until('it is ready again', () => node.isReady());
      // Until nginx asks it again, the other one is all there is.
      await sleep(SEEN);
    }
    await enough(20);
    await load.stop();
    // Comments go on to the other node by their keys, reads by their method.
    assert.deepEqual(load.failed('post'), []);
    assert.deepEqual([...load.failed('quiet'), ...load.failed('hot')], []);
    const last = 'Does the open page still hear?';
    expect(201, await stage.site.post('hot', last));
    assert.ok(await page.hears(last));
    await page.close();
    console.log(`an open page had to come back ${page.breaks} times, and was told of ${page.told.size} changes, ${page.resets} times to read anew`);
    const tried = load.posts.filter(({ tries }) => tries > 1).length;
    console.log(`comments that a reader had to send twice: ${tried}; requests of moderators that failed: ${load.failed('admin').length}`);
    await finish();
  });

  it('without Redis service goes on, each node counts for itself, and caches and streams heal', async () => {
    const { redis, site, a, b } = stage;
    const stream = await site.listen('hot', { at: b });
    await begin();
    await redis.down();
    await enough(40);

    // Each node lets pass what it would have let pass alone.
    for (const node of [a, b]) {
      const preview = () => site.ask('preview', { method: 'POST', body: { text: 'As it would look' }, at: node, from: 60 });
      const statuses = [];
      for (let number = 0; number < PREVIEWS + 5; number += 1) statuses.push((await preview()).status);
      assert.equal(statuses.filter((status) => status === 200).length, PREVIEWS);
    }

    // What changes on one shows on the other after `cache_seconds`, which is a second.
    expect(201, await site.post('healing', 'Before', { at: b }));
    expect(200, await site.read('healing', { at: b }));
    const away = expect(201, await site.post('healing', 'While Redis is away', { at: a }));
    const begun = performance.now();
    await until('the other node shows it', async () => {
      const page = expect(200, await site.read('healing', { at: b }));
      return page.json.comments.some(({ id }) => id === away.json.comment.id);
    });
    console.log(`without Redis, a comment is on the other node after ${Math.round(performance.now() - begun)} ms`);

    await redis.up();
    const back = performance.now();
    await until('nodes hear of each other again', async () => {
      const text = `Is Redis back? ${randomBytes(4).toString('hex')}`;
      expect(201, await site.post('hot', text, { at: a }));
      return stream.heard(text, 1000);
    });
    console.log(`Redis is back: streams of the other node hear at once again after ${Math.round(performance.now() - back)} ms`);
    stream.close();
    await enough(20);
    await load.stop();
    assert.deepEqual(load.failed(), []);
    await finish();
  });

  for (const [how, down] of [
    ['restarted', () => stage.postgres.down()],
    ['killed', () => stage.postgres.kill()],
  ]) {
    it(`while PostgreSQL is ${how}, what is kept is read, the rest is 503, and no answered comment is lost`, async () => {
      const { postgres, a, b } = stage;
      // What was changed and not read again before it went is not kept.
      await begin({ changes: false });
      const readiness = new Set();
      load.person('readyz', async () => {
        const status = await a.readiness();
        readiness.add(status);
        return { status: 200, headers: {}, text: '', ms: 0 };
      });
      const gone = performance.now();
      await down();
      await until('a node says that it is not ready', async () => (await a.readiness()) === 503);
      // Long enough that those who wait for a connection have to be told.
      await until('somebody was told', () => load.answers.some(({ status }) => status === 503));
      await sleep(1500);
      await postgres.up();
      const up = performance.now();
      await until('a comment is stored again', () => load.answers.some(({ kind, status, at }) => kind === 'post' && status === 201 && at > up));
      const stored = performance.now();
      await until('both nodes are ready', async () => (await a.isReady()) && (await b.isReady()));
      const whole = performance.now();
      const [away, writing, ready] = [up - gone, stored - up, whole - up].map(Math.round);
      console.log(`away for ${away} ms; after its return: a comment is stored after ${writing} ms, both ready after ${ready} ms`);
      await enough(20);
      await load.stop();

      const failed = load.failed();
      const isProper = ({ status, retryAfter }) => status === 503 && Number(retryAfter) > 0;
      assert.deepEqual(failed.filter((one) => !isProper(one)), [], 'nothing else than 503 with Retry-After');
      assert.deepEqual(failed.filter(({ at, ms }) => at + ms < gone || at > whole), [], 'only while it was away');
      assert.deepEqual(load.failed('quiet'), [], 'what is kept is read');
      assert.ok(readiness.has(503) && readiness.has(200));
      console.log(`reads of what is kept, in ms: ${load.times('quiet')}`);
      assert.deepEqual(await Promise.all([a.isRunning, b.isRunning]), [true, true]);
      await finish();
    });
  }

  it('a job of a worker that leaves is given back, and that of one that was killed is taken over and done once', async () => {
    const { postgres, home, owner, ends } = stage;
    smtp.isSilent = true;
    // What nobody has worked on meanwhile.
    await postgres.query('DELETE FROM job');
    const asks = (email) => owner.asks('POST', '/v1/admin/password-resets', { token: '', body: { email } });
    const other = 'olive@example.org';
    await command(home, ['setup', '--email', other, '--password-stdin'], { input: `${PASSWORD}\n` });
    const waiting = () => postgres.query("SELECT id, attempts, locked_until > now() FROM job WHERE kind = 'mail' ORDER BY created_at");
    expect(202, await asks(EMAIL));
    const inHand = async (worker) => {
      const jobs = await until(`${worker.name} has the mail in hand`, async () => {
        const jobs = await waiting();
        return jobs[0]?.[1] === '1' && jobs;
      });
      return jobs[0][0];
    };

    const leaving = await Node.start(home, { name: 'a worker that leaves', words: ['worker'], settings: { PARLOUR_DRAIN_SECONDS: '1' } });
    await inHand(leaving);
    await until('it waits for the mail server', () => smtp.waiting === 1);
    assert.equal(await leaving.stop(), 0);
    assert.deepEqual((await waiting()).map(([, ...how]) => how), [['0', '']], 'it gave back what it could not finish, untried');

    const doomed = await Node.start(home, { name: 'a worker that is killed', words: ['worker'] });
    const first = await inHand(doomed);
    await until('it waits for the mail server', () => smtp.waiting === 2);
    await doomed.kill();

    smtp.isSilent = false;
    const worker = await Node.start(home, { name: 'another worker', words: ['worker'] });
    ends.push(() => worker.stop('SIGINT'));
    expect(202, await asks(other));
    await until('the other worker has sent what came later', () => smtp.mails.length === 1);
    assert.deepEqual(await waiting(), [[first, '1', 't']], 'what somebody holds is left to him');
    // The lease of five minutes is over.
    await postgres.query(`UPDATE job SET locked_until = now() - interval '1 second' WHERE id = '${first}'`);
    await until('the job is taken over and done', async () => (await waiting()).length === 0);
    assert.equal(smtp.mails.length, 2, 'once');
  });
});
