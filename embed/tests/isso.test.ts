import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { lookOf, readAttributes, voteLevel } from '../src/isso/attributes';
import { keyOf } from '../src/isso/counter';
import { pattern } from '../src/isso/identicon';
import { nameOf, numberInHash } from '../src/isso/place';
import { formFor, speak } from '../src/isso/say';
import { MORE, RARE, UNSAID, WRITING, type IssoWords } from '../src/isso/words';
import { rare, reading, writing } from '../src/locales/en';

const ROOT = 'https://comments.example/';

/** What a page's script tags would say. */
const found = (...scripts: Record<string, string>[]) =>
  readAttributes(
    scripts.map((attributes) => ({
      attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })) as unknown as NamedNodeMap,
    })),
  );
const look = (attributes: Record<string, string>) => lookOf(found(attributes), ROOT);

test('without attributes, all is as Isso’s documentation says', () => {
  assert.deepEqual(look({}), {
    css: `${ROOT}css/isso.css`,
    sort: 'oldest',
    top: Infinity,
    nested: 5,
    reveal: 5,
    avatar: {
      background: '#f0f0f0',
      colours: ['#9abf88', '#5698c4', '#e279a3', '#9163b6', '#be5168', '#f19670', '#e4bf80', '#447c69'],
    },
    vote: true,
    levels: [],
    pageAuthors: [],
    lang: undefined,
    defaultLang: 'en',
  });
});

test('each attribute is read, as JSON or as text', () => {
  const { avatar, ...rest } = look({
    'data-isso-css-url': '/own.css',
    'data-isso-sorting': 'upvotes',
    'data-isso-max-comments-top': '10',
    'data-isso-max-comments-nested': '"inf"',
    'data-isso-reveal-on-click': '7',
    'data-isso-avatar-bg': '#fff',
    'data-isso-avatar-fg': '#000  #111',
    'data-isso-vote': 'false',
    'data-isso-vote-levels': '[-5, 5, 15]',
    'data-isso-page-author-hashes': '123456789012, 12345e678901 86g7n8g67nm8',
    'data-isso-lang': 'pt_BR',
    'data-isso-default-lang': 'de',
  });
  assert.deepEqual(avatar, { background: '#fff', colours: ['#000', '#111'] });
  assert.deepEqual(rest, {
    css: '/own.css',
    sort: 'best',
    top: 10,
    nested: Infinity,
    reveal: 7,
    vote: false,
    levels: [-5, 5, 15],
    pageAuthors: ['123456789012', '12345e678901', '86g7n8g67nm8'],
    lang: 'pt_BR',
    defaultLang: 'de',
  });
  assert.equal(look({ 'data-isso-css': 'false' }).css, undefined);
  assert.equal(look({ 'data-isso-avatar': 'false' }).avatar, undefined);
  assert.equal(look({ 'data-isso-sorting': 'newest' }).sort, 'newest');
});

test('what is a mistake is passed over', () => {
  const { sort, top, nested, reveal, levels } = look({
    'data-isso-sorting': 'constructor',
    'data-isso-max-comments-top': 'many',
    'data-isso-max-comments-nested': '-1',
    'data-isso-reveal-on-click': '0',
    'data-isso-vote-levels': 'null',
  });
  assert.deepEqual({ top, nested, reveal, levels }, { top: Infinity, nested: 5, reveal: 5, levels: [] });
  assert.equal(sort, 'oldest');
});

test('names are read in any case, with hyphens or underscores, from any script; the last one counts', () => {
  const all = found(
    { src: '/js/embed.min.js', 'data-isso': '/', 'DATA-ISSO-Postbox-Text-Text-pt_BR': 'a\\nb' },
    { 'data-isso-vote': 'true' },
    { 'data-isso-vote': 'false' },
  );
  assert.deepEqual(all, { 'postbox-text-text-pt-br': 'a\nb', vote: 'false' });
});

test('vote levels part the numbers as Isso does', () => {
  const levels = look({ 'data-isso-vote-levels': '-5,5,15' }).levels;
  assert.deepEqual(
    [-6, -5, 4, 5, 14, 15, 100].map((votes) => voteLevel(votes, levels)),
    [0, 1, 1, 2, 2, 3, 3],
  );
});

test('a counter leads to its id, else to the address without origin and fragment', () => {
  const link = (href: string, id: string | null = null) => keyOf({ href, getAttribute: () => id });
  assert.equal(link('https://blog.example/post/?p=1#isso-thread'), '/post/?p=1');
  assert.equal(link('http://localhost:8000/#isso-thread'), '/');
  assert.equal(link('https://blog.example/a//b#isso-thread'), '/a//b');
  assert.equal(link('https://blog.example/post#isso-thread', '/my/id'), '/my/id');
});

test('a page is named by its path, whatever its query; another id keeps the page’s address', () => {
  const page = new URL('https://blog.example/post/?utm=1#isso-3');
  Object.defineProperty(globalThis, 'location', { value: page, configurable: true });
  const section = (id: string | null) => ({ getAttribute: () => id }) as unknown as Element;
  assert.deepEqual(nameOf(section(null)), { id: '/post/', url: 'https://blog.example/post/' });
  assert.deepEqual(nameOf(section('/my/id')), { id: '/my/id', url: 'https://blog.example/post/?utm=1' });
});

test('an anchor names a comment by its number', () => {
  const numbers = ['#isso-12', '#isso-thread', '#isso-1x', '#xisso-1', ''].map(numberInHash);
  assert.deepEqual(numbers, [12, undefined, undefined, undefined, undefined]);
});

test('messages of the page’s own have Isso’s forms', () => {
  const forms = (language: string, ...numbers: number[]) => numbers.map((n) => formFor(n, language));
  assert.deepEqual(forms('en', 0, 1, 2), [1, 0, 1]);
  assert.deepEqual(forms('fr-CA', 0, 1, 2), [0, 0, 1]);
  assert.deepEqual(forms('oc', 0, 1, 2), [0, 0, 1]);
  assert.deepEqual(forms('ru', 1, 3, 5, 11, 21, 22), [0, 1, 2, 2, 0, 1]);
  assert.deepEqual(forms('pl', 1, 3, 5, 12, 21, 22), [0, 1, 2, 2, 2, 1]);
  assert.deepEqual(forms('sk', 1, 2, 4, 5), [0, 1, 1, 2]);
  // Not Intl's: in these two, 21 is a case of `one`, and 0 of `one` here.
  assert.deepEqual(forms('hr', 21), [1]);
  assert.deepEqual(forms('fa', 0), [1]);
});

const german = { comments: { one: '{n} Kommentar', other: '{n} Kommentare' }, reply: 'Antworten', feed: 'Feed' };
const load = async (file: string) => {
  if (file === 'de.js') return { default: german };
  throw new Error(file);
};
Object.assign(globalThis, { LANGUAGES: 'de en oc pt pt-PT' });

test('a language is spoken with the page’s words before ours', async () => {
  const own = found({
    'data-isso-comment-reply-text-de': 'Erwidern',
    'data-isso-comment-reply-text-en': 'Respond',
    'data-isso-num-comments-text-de_AT': 'Ein Wort\\n{{ n }} Worte',
    'data-isso-date-hour-text-de': 'vor einer Stunde\\nvor {{n}} Stunden',
    'data-isso-date-now-text-de': 'soeben',
  });
  const voice = await speak([undefined, 'de_at'], own, load);
  assert.equal(voice.locale, 'de-AT');
  assert.equal(voice.say('comment-reply'), 'Erwidern');
  assert.equal(voice.say('num-comments', 1), 'Ein Wort');
  assert.equal(voice.say('num-comments', 3), '3 Worte');
  assert.equal(voice.ago(new Date(Date.now() - 3 * 3_600_000).toISOString()), 'vor 3 Stunden');
  assert.equal(voice.ago(new Date().toISOString()), 'soeben');
  assert.equal(voice.ago(new Date(Date.now() - 2 * 86_400_000).toISOString()), 'vorgestern');
  const plain = await speak(['de'], {}, load);
  assert.equal(plain.say('num-comments', 2), '2 Kommentare');
  assert.equal(plain.say('comment-anonymous'), reading.anonymous, 'what a language lacks is English');
});

test('who cannot have his language has English, with the page’s English words', async () => {
  const own = found({ 'data-isso-atom-feed-text-en': 'News', 'data-isso-atom-feed-text-oc': 'Novèlas' });
  const voice = await speak(['xx', 'oc', 'en'], own, load);
  assert.equal(voice.locale, 'en');
  assert.equal(voice.say('atom-feed'), 'News');
  assert.equal(voice.say('comment-page-author-suffix'), 'Author');
  assert.equal(voice.say('num-comments', 0), '0 comments');
});

test('a message of one form serves for all numbers', async () => {
  const voice = await speak(['en'], found({ 'data-isso-comment-hidden-text-en': '{{ n }} more' }), load);
  assert.equal(voice.say('comment-hidden', 1), '1 more');
  assert.equal(voice.say('comment-hidden', 1200), '1,200 more');
});

test('a picture is the same for the same hash, and nothing breaks it', () => {
  assert.deepEqual(pattern('0123456789ab', 8), pattern('0123456789ab', 8));
  assert.notDeepEqual(pattern('0123456789ab', 8), pattern('1123456789ab', 8));
  assert.deepEqual(pattern('000100000003', 8), { fields: [[0, 0]], colour: 3 });
  assert.deepEqual(pattern('', 8), { fields: [], colour: 0 });
  for (const [x, y] of pattern('ffffffffffff', 3).fields) assert.ok(x < 3 && y < 5);
});

const english = { ...reading, ...writing, ...rare };
const said = [
  ...Object.keys(reading).filter((name) => !(UNSAID as readonly string[]).includes(name)),
  ...WRITING,
  ...RARE,
];
const placeholders = (text: string) => (text.match(/\{.*?\}/g) ?? []).sort();

/** The texts with their names; those with a number once for each form. */
function texts(words: object, within = ''): [name: string, text: string][] {
  return Object.entries(words).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[within + name, value]] : texts(value, `${within}${name}.`),
  );
}

test('each language has the words that only this client says', () => {
  const languages = ['src/locales', 'src/isso/locales'].flatMap((folder) => readdirSync(folder));
  const names = languages.filter((name) => name !== 'words.ts').map((name) => name.replace('.ts', ''));
  assert.deepEqual(Object.keys(MORE).sort(), names.sort());
});

for (const language of ['gl', 'oc']) {
  const { default: words }: { default: IssoWords } = await import(`../src/isso/locales/${language}.ts`);

  test(`${language} says all that this client says, and nothing in English`, () => {
    assert.deepEqual(Object.keys(words).sort(), [...said].sort());
    const model = new Map(texts(english));
    for (const [name, text] of texts(words)) {
      const same = model.get(name)!;
      // "Write something": where a form stands for one number, it need not show it.
      if (!name.endsWith('.one')) assert.deepEqual(placeholders(text), placeholders(same), name);
      assert.notEqual(text, same, name);
      assert.doesNotMatch(text, /["']|\.\.\.| {2}/, name);
    }
  });
}
