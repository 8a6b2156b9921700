// Nodes go and come, the schema changes, and nobody notices: no request fails.
//
// PARLOUR_OLD_BINARY names a binary of the version before, to upgrade from it for real. Where there is none, the schema changes under the
// nodes as a next version would change it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../browser/lib/until.mjs';
import { assertAllThere, assertConsistent } from './lib/books.mjs';
import { Load } from './lib/load.mjs';
import { BINARY, command } from './lib/node.mjs';
import { bothReady, DELAY, expect, setUp } from './lib/stage.mjs';

/** Milliseconds after which nginx has noticed that a node is back: `fail_timeout`, in its whole seconds. */
const SEEN = 2500;

/** Readers, writers and a moderator, through nginx. */
function begin(stage) {
  const load = new Load(stage);
  for (let number = 0; number < 4; number += 1) load.writer(number % 2 ? 'hot' : `page-${number}`);
  for (let number = 0; number < 3; number += 1) load.reader('read', number ? 'hot' : 'page-0');
  load.moderator();
  let decided = 0;
  load.person('decision', async () => {
    const { site, owner } = stage;
    decided += 1;
    const { id } = expect(201, await site.post('decided', `Decide on this, ${decided}`, { from: 70 })).json.comment;
    return owner.asks('POST', `${owner.tenant}/decisions`, { body: { decision: decided % 2 ? 'reject' : 'spam', ids: [id] } });
  });
  return load;
}

async function settle(stage, load) {
  await load.stop();
  console.log(load.summary());
  console.log(`in ms: reads ${load.times('read')}, posts ${load.times('post')}`);
  assert.deepEqual(load.failed(), [], 'no request failed');
  assert.ok(load.answers.every(({ status }) => status < 400), 'nor was one refused');
  await load.finishPosts();
  await assertAllThere(stage.postgres.query, load.posts);
  await assertConsistent(stage.postgres.query);
}

describe('a node that is told to stop', () => {
  let stage;
  before(async () => {
    stage = await setUp();
    await bothReady(stage);
  });
  after(() => stage?.stop());

  it('says so, goes on for a while, and leaves without a request that fails', async () => {
    const { a, b, site } = stage;
    const load = begin(stage);
    const stream = await site.listen('hot', { at: a });
    await until('there is something to read', () => load.posts.length > 10);
    for (const node of [a, b]) {
      const told = performance.now();
      const ended = node.stop();
      await until('it says that it is not ready', async () => (await node.readiness()) === 503);
      // Whoever comes is served, and told to go elsewhere next.
      const answer = await site.read('hot', { at: node });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.connection, 'close');
      assert.equal(await ended, 0);
      const took = performance.now() - told;
      console.log(`told to stop, a node ended after ${Math.round(took)} ms, of which ${DELAY * 1000} are its delay`);
      assert.ok(took >= DELAY * 1000);
      if (node === a) assert.equal(await stream.ended, true, 'the stream ended, and was not cut off');
      await node.again();
      await until('it is ready again', () => node.isReady());
      await sleep(SEEN);
    }
    await settle(stage, load);
  });

  it('ends at once when it is told twice, and without delay when told by hand', async () => {
    const { a } = stage;
    const ended = a.stop();
    await until('it has heard', async () => (await a.readiness()) === 503);
    a.signal('SIGTERM');
    assert.equal(await ended, 1);
    await a.again();
    await until('it is ready again', () => a.isReady());
    const told = performance.now();
    assert.equal(await a.stop('SIGINT'), 0);
    assert.ok(performance.now() - told < DELAY * 1000);
    await a.again();
    await bothReady(stage);
  });

  it('is not in the way of a schema that changes under load as a next version may change it', async () => {
    const { postgres } = stage;
    const load = begin(stage);
    await until('all statements are prepared', () => load.posts.filter(({ id }) => id).length > 50);
    const tables = 'account comment event idempotency job session site site_counter site_origin tenant thread';
    for (const table of tables.split(' ')) {
      const before = load.posts.length;
      await postgres.query(`ALTER TABLE ${table} ADD COLUMN to_come integer NOT NULL DEFAULT 7`);
      await until('people go on', () => load.posts.length > before + 5);
    }
    await postgres.query('CREATE INDEX CONCURRENTLY comment_to_come ON comment (site_id, to_come)');
    await postgres.query('CREATE TABLE to_come (id bigint PRIMARY KEY)');
    await settle(stage, load);
  });
});

const old = process.env.PARLOUR_OLD_BINARY;
describe('an upgrade from the version before', { skip: !old && 'PARLOUR_OLD_BINARY names no binary of it' }, () => {
  let stage;
  before(async () => {
    stage = await setUp({ binary: old });
    await bothReady(stage);
  });
  after(() => stage?.stop());

  it('migrates under load, goes node by node, and fails no request', async () => {
    const { postgres, home, nodes, nginx } = stage;
    const migrations = async () => Number((await postgres.query('SELECT count(*) FROM seaql_migrations'))[0][0]);
    const load = begin(stage);
    await until('people write', () => load.posts.filter(({ id }) => id).length > 30);
    const before = await migrations();
    const begun = performance.now();
    await command(home, ['migrate'], { binary: BINARY });
    console.log(`${before} migrations before, ${await migrations()} after; they took ${Math.round(performance.now() - begun)} ms`);
    assert.ok((await migrations()) > before, 'there was something to migrate');
    // Both nodes are old, and the schema is new.
    const there = load.posts.length;
    await until('the old nodes go on', () => load.posts.length > there + 50);
    for (const node of nodes) {
      // The version before may know nothing of a delay: it is taken out by hand.
      await nginx.takeOut(node);
      await sleep(SEEN);
      await node.stop();
      await node.again({ binary: BINARY, settings: { PARLOUR_SHUTDOWN_DELAY_SECONDS: String(DELAY) } });
      await until('it is ready', () => node.isReady());
      await nginx.takeOut();
      // An old and a new node side by side, then two new ones.
      const there = load.posts.length;
      await until('people go on', () => load.posts.length > there + 50);
    }
    await settle(stage, load);
  });
});
