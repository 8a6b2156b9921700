// kill -9 of nodes and of PostgreSQL at random moments, while eight people write: nothing that was answered is lost, nothing is doubled, and
// what is counted is right. ROUNDS says how often.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '../browser/lib/until.mjs';
import { assertAllThere, assertConsistent } from './lib/books.mjs';
import { Load } from './lib/load.mjs';
import { bothReady, expect, setUp, setUpAlone } from './lib/stage.mjs';

const run = promisify(execFile);
const ROUNDS = Number(process.env.ROUNDS ?? 4);
const WRITERS = 8;
const THREADS = ['hot', 'warm', 'cold'];

const any = (list) => list[Math.floor(Math.random() * list.length)];

/** Rounds of blows under load, each with a look at the books. `at` is where people ask; nothing is nginx. */
async function endure(stage, { blows, query, at }) {
  const posts = [];
  const dealt = {};
  let again = 0;
  const begun = performance.now();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const load = new Load(stage);
    for (let number = 0; number < WRITERS; number += 1) load.writer(THREADS[number % THREADS.length], { at });
    load.voter(await stage.site.newReader({ at, from: round }), { at });
    load.reader('read', 'hot', { at });
    await until('people write', () => load.posts.filter(({ id }) => id).length >= WRITERS);
    await sleep(Math.random() * 500);
    const blow = any(Object.keys(blows));
    dealt[blow] = (dealt[blow] ?? 0) + 1;
    await blows[blow]();
    const there = load.posts.filter(({ id }) => id).length;
    await until('people go on writing', () => load.posts.filter(({ id }) => id).length > there + WRITERS);
    await load.stop();
    assert.deepEqual(load.answers.filter(({ status }) => status === 500), [], 'whatever is away, nothing is wrong with us');

    posts.push(...load.posts);
    await assertAllThere(query, posts);
    await load.finishPosts({ at });
    again += load.posts.filter(({ tries }) => tries > 1).length;
    // Pages may try again that have their answer: it is the same.
    for (const post of load.posts) {
      const first = post.id;
      await load.attempt(post, { at });
      assert.equal(post.id, first, post.text);
    }
    await assertAllThere(query, posts);
    await assertConsistent(query);
  }
  let shown = 0;
  for (const thread of THREADS) {
    const { thread: head, comments } = await stage.site.everything(thread, { at });
    assert.equal(head.comment_count, comments.length, 'the count is of what is there');
    assert.equal(new Set(comments.map(({ number }) => number)).size, comments.length);
    const answered = posts.filter((post) => post.thread === thread).map(({ id }) => id);
    assert.deepEqual(new Set(comments.map(({ id }) => id)), new Set(answered));
    shown += comments.length;
  }
  const votes = posts.reduce((sum, { votes: of }) => sum + (of?.size ?? 0), 0);
  console.log(`${ROUNDS} rounds in ${Math.round((performance.now() - begun) / 1000)} s: ${JSON.stringify(dealt)}`);
  console.log(`${shown} comments, ${votes} votes: 0 lost, 0 doubled; ${again} comments had to be sent again`);
}

describe('two nodes over PostgreSQL and Redis', () => {
  let stage;
  before(async () => {
    stage = await setUp({ settings: { PARLOUR_DATABASE_WAIT_SECONDS: '2' } });
    await bothReady(stage);
  });
  after(() => stage?.stop());

  it('endure', async () => {
    const { a, b, postgres, redis } = stage;
    const again = async (...nodes) => {
      for (const node of nodes) await node.kill();
      await Promise.all(nodes.map((node) => node.again()));
      await bothReady(stage);
    };
    const database = async () => {
      await postgres.kill();
      await postgres.up();
      await bothReady(stage);
    };
    await endure(stage, {
      query: postgres.query,
      blows: {
        'one node': () => again(any([a, b])),
        'both nodes': () => again(a, b),
        PostgreSQL: database,
        'PostgreSQL and a node': async () => {
          await Promise.all([postgres.kill(), a.kill()]);
          await postgres.up();
          await a.again();
          await bothReady(stage);
        },
        Redis: async () => {
          await redis.kill();
          await redis.up();
        },
      },
    });
  });
});

describe('one node over SQLite', () => {
  let stage;
  before(async () => {
    stage = await setUpAlone();
  });
  after(() => stage?.stop());

  it('endures', async () => {
    const { node, home } = stage;
    // Rows as psql prints them.
    const look = 'import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row, sep="\\t")';
    const query = async (sql) => {
      const { stdout } = await run('python3', ['-c', look, join(home.folder, 'data', 'parlour.db'), sql], { maxBuffer: 1 << 26 });
      return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
    };
    await endure(stage, {
      query,
      at: node,
      blows: {
        node: async () => {
          await node.kill();
          await node.again();
        },
      },
    });
    expect(200, await stage.site.read('hot', { at: node }));
  });
});
