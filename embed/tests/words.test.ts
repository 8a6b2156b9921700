import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rare, reading, writing } from '../src/locales/en';
import type { Words } from '../src/locales/words';
import { choose, direction, fill, plural } from '../src/speech';
import tell from '../src/trouble';
import type { ErrorCode } from '../src/wire';

const en: Words = { ...reading, ...writing, ...rare };
const spoken = ['de', 'en', 'nb', 'nn', 'no', 'pt', 'pt-BR', 'zh', 'zh-CN', 'zh-Hans', 'zh-Hant', 'zh-TW'];
const chosen = (...wishes: (string | null | undefined)[]) => choose(wishes, spoken);

test('the first wish that is spoken here wins, with its region', () => {
  assert.deepEqual(chosen(null, '', 'fr', 'de-AT', 'en'), { language: 'de', locale: 'de-AT' });
  assert.deepEqual(chosen(undefined, 'auto', 'EN'), { language: 'en', locale: 'en' });
  assert.deepEqual(chosen('xx', 'constructor'), { language: 'en', locale: 'en' });
});

test('a region or a script with a file of its own is preferred to the language', () => {
  const language = (wish: string) => chosen(wish).language;
  assert.equal(language('pt-PT'), 'pt');
  assert.equal(language('pt'), 'pt');
  assert.equal(language('pt-br'), 'pt-BR');
  assert.equal(language('zh-SG'), 'zh-Hans');
  assert.equal(language('zh-TW'), 'zh-TW');
  assert.equal(language('zh-HK'), 'zh-Hant');
  assert.equal(language('nn-NO'), 'nn');
});

test('a tag in the notation of other systems is understood, nonsense is passed over', () => {
  assert.equal(chosen('pt_BR').language, 'pt-BR');
  assert.equal(chosen('de-!', 'en').language, 'en');
});

test('Arabic, Persian and Hebrew run from right to left', () => {
  assert.deepEqual(['ar-EG', 'fa', 'he', 'en', 'hi'].map(direction), ['rtl', 'rtl', 'rtl', 'ltr', 'ltr']);
});

test('numbers take the form and the separators of the language', () => {
  assert.equal(plural(en.comments, 1, 'en'), '1 comment');
  assert.equal(plural(en.comments, 1200, 'en'), '1,200 comments');
  assert.equal(plural({ few: '{n} komentarze', other: '{n} komentarzy' }, 3, 'pl'), '3 komentarze');
  assert.equal(plural({ other: '{n} komentarzy' }, 3, 'pl'), '3 komentarzy');
});

test('a text that a page has put in place of ours has one form', () => {
  assert.equal(plural('{n} voices', 1, 'en'), '1 voices');
});

test('a value is filled in as it is', () => {
  assert.equal(fill('in reply to {name}', { name: '$& {name}' }), 'in reply to $& {name}');
});

const speech = { words: en, locale: 'en' };
const site = { host: 'https://parlour.example/', key: 'site' };
const failure = (code: string | undefined, status?: number, retryAfter = 0) =>
  Object.assign(new Error(), { problem: { code: code as ErrorCode }, status, retryAfter });

test('a code from a newer server is told by its status', async () => {
  const told = async (status: number) => (await tell(failure('from_the_future', status), speech, site, false)).text;
  assert.equal(await told(418), en.errors.misunderstood);
  assert.equal(await told(500), en.errors.internal);
});

test('a refusal by a proxy, without a code, is told by its status', async () => {
  const told = async (status: number) => (await tell(failure(undefined, status), speech, site, false)).code;
  assert.equal(await told(413), 'payload_too_large');
  assert.equal(await told(429), 'rate_limited');
  assert.equal(await told(502), 'unavailable');
});

test('a limit says how long to wait', async () => {
  assert.match((await tell(failure('rate_limited', 429, 30), speech, site, false)).text, /in 30 seconds/);
});

test('a page without a key, and a key that nobody knows, tell the owner what to write', async () => {
  Object.assign(globalThis, { window: { origin: 'https://blog.example' } });
  const keyless = await tell(failure(undefined), speech, undefined, true);
  assert.equal(keyless.code, 'key_missing');
  assert.match(keyless.repair!, /data-site/);
  assert.equal((await tell(failure('not_found', 404), speech, site, true)).repair, en.repairUnknownSite);
});
