import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store, type KeptToken } from '../src/write/store';

/** A browser's storage, as far as the store uses it. */
function shelf(content = new Map<string, string>()) {
  return {
    content,
    getItem: (name: string) => content.get(name) ?? null,
    setItem: (name: string, value: string) => void content.set(name, value),
  };
}

function kept(comment: string, more: Partial<KeptToken> = {}): KeptToken {
  return { comment, thread: 't', token: `token of ${comment}`, expires: '2999-01-01T00:00:00.000Z', ...more };
}

const idsIn = (store: Store) => store.tokensOf('t').map(({ comment }) => comment);

test('a token is there for the next visit, for its own thread and site only', () => {
  const storage = shelf();
  new Store('site', storage).keepToken(kept('a'));
  assert.deepEqual(idsIn(new Store('site', storage)), ['a']);
  assert.deepEqual(idsIn(new Store('other', storage)), []);
  assert.deepEqual(new Store('site', storage).tokensOf('elsewhere'), []);
});

test('an expired token is not handed out', () => {
  const store = new Store('site', shelf());
  store.keepToken(kept('a', { expires: '2020-01-01T00:00:00.000Z' }));
  assert.deepEqual(idsIn(store), []);
});

test('of too many tokens the oldest go', () => {
  const store = new Store('site', shelf());
  for (let n = 1; n <= 203; n += 1) store.keepToken(kept(`c${n}`));
  assert.equal(idsIn(store).length, 200);
  assert.equal(idsIn(store)[0], 'c4');
});

test('settled and dropped tokens are remembered as such', () => {
  const storage = shelf();
  const store = new Store('site', storage);
  for (const id of ['a', 'b', 'c']) store.keepToken(kept(id));
  store.keepToken(kept('a', { settled: true }));
  store.dropToken('b');
  const left = new Store('site', storage).tokensOf('t');
  assert.deepEqual(
    left.map(({ comment, settled }) => [comment, settled]),
    [
      ['c', undefined],
      ['a', true],
    ],
  );
});

test('a vote is remembered until it is taken back, and of too many the oldest go', () => {
  const storage = shelf();
  const store = new Store('site', storage);
  store.keepVote('a', -1);
  assert.equal(new Store('site', storage).vote('a'), -1);
  store.keepVote('a', 0);
  assert.equal(store.vote('a'), 0);
  for (let n = 1; n <= 501; n += 1) store.keepVote(`c${n}`, 1);
  assert.equal(store.vote('c1'), 0);
  assert.equal(store.vote('c501'), 1);
});

test('a draft is kept per place and forgotten when empty', () => {
  const storage = shelf();
  const store = new Store('site', storage);
  store.keepDraft('here', 'half a thought');
  store.keepDraft('there', 'another');
  assert.equal(new Store('site', storage).draft('here'), 'half a thought');
  store.keepDraft('here', '');
  assert.equal(store.draft('here'), '');
  assert.equal(store.draft('there'), 'another');
});

test('an author is remembered on this device only when asked to', () => {
  const storage = shelf();
  const store = new Store('site', storage);
  const author = { name: 'Ada', email: '', website: '' };
  store.keepAuthor(author, false);
  assert.deepEqual(store.author(), author);
  assert.equal(new Store('site', storage).author(), undefined);
  store.keepAuthor(author, true);
  assert.deepEqual(new Store('site', storage).author(), author);
  store.keepAuthor(author, false);
  assert.equal(new Store('site', storage).read().author, undefined);
});

test('without storage, and with a full one, memory serves', () => {
  const full = { getItem: () => null, setItem: () => assert.fail('quota exceeded') };
  for (const store of [new Store('site', undefined), new Store('site', full)]) {
    store.keepToken(kept('a'));
    store.keepDraft('here', 'text');
    assert.deepEqual(idsIn(store), ['a']);
    assert.equal(store.draft('here'), 'text');
  }
});

test('nonsense in the storage is passed over', () => {
  const nonsense = [
    '{',
    'null',
    '7',
    '{"tokens":{}}',
    '{"tokens":[null,{"comment":1}],"drafts":"x","votes":[1],"author":[],"reader":{}}',
  ];
  for (const text of nonsense) {
    const store = new Store('site', shelf(new Map([['parlour:site', text]])));
    assert.deepEqual(idsIn(store), []);
    assert.equal(store.draft('here'), '');
    assert.equal(store.author(), undefined);
    assert.equal(store.read().reader, undefined);
  }
});
