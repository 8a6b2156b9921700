// A real Isso's database, brought into Parlour and read back beside the Isso it came from: the same answers, but for what is intended.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { beside } from './lib/beside.mjs';
import { history } from './lib/history.mjs';
import { send } from './lib/http.mjs';
import { startIsso } from './lib/isso.mjs';

const SIZE = 5000;

const query = (parameters) => `/?${new URLSearchParams(parameters)}`;

const on = beside();

describe('a real Isso’s database', () => {
  const began = Date.now() / 1000;
  let isso;
  let threads;
  /** What is in the database, by the state that it comes in. */
  let stored;

  before(async () => {
    isso = await startIsso([on.pages.origin]);
    const { threads: told, gone } = history(SIZE);
    const numbers = await isso.tell('fill', told);
    await isso.tell(
      'delete',
      gone.map((place) => numbers[place]),
    );
    await byReaders();
    threads = [...told.map(({ uri }) => uri), '/by/readers/'];
    stored = await rows();
  });

  after(() => isso?.stop());

  /** Some more by the way that readers take: with the times, cookies and votes that Isso makes itself. */
  async function byReaders() {
    const cookies = new Map();
    const ask = async (method, path, body, { from = '192.0.2.1', id } = {}) => {
      const cookie = id && { Cookie: cookies.get(id) };
      const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': from, ...cookie };
      const answer = await send(isso.url + path, { method, headers, body: JSON.stringify(body) });
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status}`);
      const comment = JSON.parse(answer.text);
      const set = answer.headers['set-cookie']?.[0].split(';')[0];
      if (set) cookies.set(Number(set.split('=')[0]), set);
      return comment;
    };
    const say = (text, more, options) =>
      ask('POST', '/new?uri=/by/readers/', { text, title: 'By readers', ...more }, options);
    const ada = { author: 'Ada "the" <first>', email: 'ada@example.org', website: 'ada.example/?a=1&b=2' };
    const first = await say('The *first*', { ...ada, notification: 1 });
    const answered = await say('To be taken back', { author: 'Bob', website: 'https://bob.example' });
    const alone = await say('To be taken back, too', {});
    const reply = await say('A reply', { parent: answered.id, email: 'ada@example.org' }, { from: '198.51.100.2' });
    await say('A reply to it', { parent: reply.id }, { from: '2001:db8:1:2::3' });
    await ask('PUT', `/id/${first.id}`, { text: 'The *first*, edited', author: 'Ada' }, { id: first.id });
    const votes = [
      ['like', '198.51.100.2'],
      ['like', '203.0.113.3'],
      ['dislike', '203.0.114.4'],
    ];
    for (const [vote, from] of votes) {
      await ask('POST', `/id/${first.id}/${vote}`, {}, { from });
    }
    for (const { id } of [answered, alone]) await ask('DELETE', `/id/${id}`, undefined, { id });
    await say('The last', {});
  }

  /** What Isso itself says of its database. */
  async function rows() {
    const all = { published: 0, pending: 0, deleted: 0 };
    for (const [mode, count] of Object.entries(await isso.tell('modes', null))) {
      all[{ 1: 'published', 2: 'pending', 4: 'deleted' }[mode]] += count;
    }
    return all;
  }

  async function bring(pair, ...words) {
    const command = ['import', '--site', pair.key, isso.database, '--from', 'isso', '--json', ...words];
    return JSON.parse(await on.parlour.command(...command));
  }

  /** Every conversation as Isso's client reads it, and as it was typed; some by every parameter. */
  function questions() {
    const ways = [
      { limit: 3, nested_limit: 2 },
      { limit: 5, offset: 3, nested_limit: 5 },
      { limit: 0 },
      { limit: 7, offset: 2 },
    ];
    return [
      ...threads.map((uri) => query({ uri })),
      ...threads.map((uri) => query({ uri, plain: 1 })),
      ...['/page/1/', '/page/2/', '/post/', '/by/readers/'].flatMap((uri) =>
        ['oldest', 'newest', 'upvotes'].flatMap((sort) => ways.map((way) => query({ uri, sort, plain: 1, ...way }))),
      ),
    ];
  }

  async function readsAll(pair) {
    for (const question of questions()) await pair.get(question);
    await pair.asks('POST', '/count', { body: [...threads, '/nowhere/'] });
    pair.assertSame();
  }

  /** What the site answers, as it is. */
  async function answers(pair) {
    const all = [];
    const headers = { Origin: pair.origin };
    for (const question of questions()) all.push((await send(pair.root + question, { headers })).text);
    return all;
  }

  it('comes whole into an empty site: numbers, tree, votes, hashes, times', async () => {
    const pair = await on.pair(isso, { hash_salt: '' }, { began });

    const dry = await bring(pair, '--dry-run');
    const counted = await send(`${pair.root}/count`, count(pair, threads));
    assert.ok(JSON.parse(counted.text).every((one) => one === 0), 'a dry run brings nothing');

    const report = await bring(pair);
    const { published, pending, deleted } = report.comments;
    assert.deepEqual({ published, pending, deleted }, stored);
    assert.deepEqual(report.comments, dry.comments, 'a dry run tells the same');
    await readsAll(pair);

    // By value, not only by who is who: they stand in pages.
    const hashes = async (side) => {
      const question = query({ uri: '/page/1/', plain: 1 });
      const { text } = await send(side.url + question, { headers: { Origin: pair.origin } });
      const { replies } = JSON.parse(text);
      const all = replies.flatMap((root) => [root, ...root.replies]);
      return Object.fromEntries(all.filter(({ mode }) => mode === 1).map(({ id, hash }) => [id, hash]));
    };
    assert.deepEqual(await hashes(pair.sides.parlour), await hashes(pair.sides.isso));

    const before = await answers(pair);
    const again = await bring(pair);
    assert.equal(again.comments.published + again.comments.pending + again.comments.deleted, 0, 'nothing comes twice');
    assert.deepEqual(await answers(pair), before);
  });

  it('comes into a site that has comments, under fresh numbers', async () => {
    const pair = await on.pair(isso, {}, { began, fresh: true });
    const post = { method: 'POST', headers: { Origin: pair.origin, 'Content-Type': 'application/json' } };
    const body = JSON.stringify({ text: 'Here before', title: 'Before' });
    const said = await send(`${pair.root}/new?uri=/here/before/`, { ...post, body });
    assert.equal(said.status, 201);

    await bring(pair);
    await readsAll(pair);
    const here = await send(pair.root + query({ uri: '/here/before/' }), { headers: { Origin: pair.origin } });
    assert.equal(JSON.parse(here.text).replies[0].id, JSON.parse(said.text).id, 'what was there keeps its number');
  });

  // Last, because it changes the Isso that the others read beside.
  it('goes on where Isso has stopped', async () => {
    const pair = await on.pair(isso, {}, { began });
    await bring(pair);
    const uri = '/by/readers/';
    const newest = await send(isso.url + query({ uri, sort: 'newest', limit: 1 }));
    const [last] = JSON.parse(newest.text).replies;
    assert.equal(last.text, '<p>The last</p>');
    const [id, reply] = [last.id + 1, last.id + 2];
    await pair.says(uri, 'The next', { author: 'Ada', email: 'ada@example.org' });
    await pair.says(uri, 'A reply to what came', { parent: last.id, from: '198.51.100.9' });
    await pair.asks('POST', `/id/${last.id}/like`, { from: '203.0.113.9' });
    await pair.asks('POST', `/id/${id}/dislike`, { from: '203.0.113.9' });
    await pair.asks('PUT', `/id/${id}`, { tokens: [id], body: { text: 'The next, edited' } });
    await pair.get(query({ uri }));
    await pair.asks('DELETE', `/id/${reply}`, { tokens: [reply] });
    await pair.get(query({ uri }));
    pair.assertSame();

    // Isso's hash of a network can be tried out, so that of new comments is another even under Isso's salt: who gave no address is
    // known by his own comments here, not by those from there.
    const anonymous = await pair.says(uri, 'From where the last was written', { from: '192.0.2.9', apart: true });
    const hash = (answer) => JSON.parse(answer.text).hash;
    assert.equal(hash(anonymous.isso), last.hash);
    assert.notEqual(hash(anonymous.parlour), last.hash);
  });
});

function count(pair, uris) {
  return { method: 'POST', headers: { Origin: pair.origin, 'Content-Type': 'application/json' }, body: JSON.stringify(uris) };
}
