import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from '../src/explain';
import { de } from '../src/locales/de';
import { en } from '../src/locales/en';
import { fill, plural, speech } from '../src/speech';
import type { ErrorCode } from '../src/wire';

type Text = string | { [name: string]: Text };

/** Every text with its path; plural forms by the name of their text, since languages differ in forms. */
function texts(words: object, path = ''): [string, string][] {
  return Object.entries(words as Record<string, Text>).flatMap(([name, text]): [string, string][] =>
    typeof text === 'string' ? [[`${path}/${name}`, text]] : texts(text, `${path}/${name}`),
  );
}

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();

test('every locale fills in the same values', () => {
  const german = new Map(texts(de));
  for (const [path, text] of texts(en)) {
    // "Please write something." is rightly without a number.
    if (path.endsWith('/one')) continue;
    assert.equal(placeholders(german.get(path)!), placeholders(text), path);
  }
});

test('no text is empty', () => {
  for (const words of [en, de]) for (const [path, text] of texts(words)) assert.ok(text.trim(), path);
});

test('the first wish that is spoken here wins, with its region', () => {
  assert.equal(speech([null, '', 'fr', 'de-AT', 'en']).locale, 'de-AT');
  assert.equal(speech([undefined, 'auto', 'EN']).words, en);
  assert.equal(speech(['xx']).locale, 'en');
  assert.equal(speech(['constructor']).locale, 'en');
});

test('a wish that is no language tag still speaks its language', () => {
  const { words, locale } = speech(['de-!']);
  assert.equal(words, de);
  assert.equal(locale, 'de');
});

test('numbers take the form and the separators of the language', () => {
  assert.equal(plural(en.comments, 1, 'en'), '1 comment');
  assert.equal(plural(en.comments, 1200, 'en'), '1,200 comments');
  assert.equal(plural(de.comments, 1200, 'de'), '1.200 Kommentare');
});

test('a value is filled in as it is', () => {
  assert.equal(fill('in reply to {name}', { name: '$& {name}' }), 'in reply to $& {name}');
});

test('a code from a newer server is told as a failure of the server', () => {
  const problem = { code: 'from_the_future' as ErrorCode, status: 418, title: '' };
  assert.equal(explain({ kind: 'refused', problem }, speech(['en'])).text, en.errors.internal);
});

test('a limit says how long to wait', () => {
  const problem = { code: 'rate_limited' as const, status: 429, title: '' };
  assert.match(explain({ kind: 'refused', problem, retryAfter: 30 }, speech(['en'])).text, /in 30 seconds/);
});

test('an unlisted origin tells the owner what to add', () => {
  const { repair } = explain({ kind: 'origin_unlisted', origin: 'https://blog.example' }, speech(['en']));
  assert.match(repair!, /Add https:\/\/blog\.example to this site’s origins in Parlour/);
});
