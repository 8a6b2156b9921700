import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { choose } from '../src/speech';

/** What is spoken: the files, and the names under which the build hands some of them out besides. */
const spoken = [
  ...readdirSync('src/locales').flatMap((name) => (name === 'words.ts' ? [] : name.replace('.ts', ''))),
  ...['nn', 'no', 'zh', 'zh-HK', 'zh-Hans', 'zh-Hant'],
];
/** Names of one language. */
const SAME: Record<string, string> = {
  nn: 'nb',
  no: 'nb',
  zh: 'zh-CN',
  'zh-HK': 'zh-TW',
  'zh-Hans': 'zh-CN',
  'zh-Hant': 'zh-TW',
};

function read(...wishes: (string | null | undefined)[]): string {
  const { language } = choose(wishes, spoken);
  return SAME[language] ?? language;
}

const TABLE: [wish: string, language: string][] = [
  // Each by its own name
  ...spoken.filter((name) => !SAME[name]).map((name): [string, string] => [name, name]),
  // A region that has no words of its own
  ['en-GB', 'en'],
  ['de-CH', 'de'],
  ['fr-CA', 'fr'],
  ['es-419', 'es'],
  ['ar-EG', 'ar'],
  ['fa-AF', 'fa'],
  ['ca-ES-valencia', 'ca'],
  // Two kinds of Portuguese
  ['pt-PT', 'pt'],
  ['pt-AO', 'pt'],
  ['pt-br', 'pt-BR'],
  // Two ways to write Chinese
  ['zh', 'zh-CN'],
  ['zh-SG', 'zh-CN'],
  ['zh-Hans', 'zh-CN'],
  ['zh-hans-hk', 'zh-CN'],
  ['cmn', 'zh-CN'],
  ['zh-Hant', 'zh-TW'],
  ['zh-HK', 'zh-TW'],
  ['zh-MO', 'zh-TW'],
  ['zh-Hant-HK', 'zh-TW'],
  // Norwegian by its other names
  ['no', 'nb'],
  ['nn', 'nb'],
  ['nn-NO', 'nb'],
  ['nb-NO', 'nb'],
  // Names of former times, and of other systems
  ['iw', 'he'],
  ['in', 'id'],
  ['mo', 'ro'],
  ['zh_TW', 'zh-TW'],
  ['pt_BR', 'pt-BR'],
  ['DE', 'de'],
];

test('each name of a language leads to its words', () => {
  for (const [wish, language] of TABLE) assert.equal(read(wish), language, wish);
});

test('the element, the site, the page and the browser are asked in turn', () => {
  const asked: [attribute: string | null, setting: string, page: string, browser: string[], language: string][] = [
    ['fr', 'de', 'it', ['es'], 'fr'],
    [null, 'de', 'it', ['es'], 'de'],
    [null, 'auto', 'it', ['es'], 'it'],
    [null, 'auto', '', ['es', 'fr'], 'es'],
    ['tlh', 'de', 'it', ['es'], 'de'],
    [null, 'auto', 'sw', ['xh-ZA', 'zh-HK', 'en'], 'zh-TW'],
    [null, 'auto', 'not a language', ['x-private', 'sv-FI'], 'sv'],
    [null, 'auto', 'eu', [], 'en'],
  ];
  for (const [attribute, setting, page, browser, language] of asked) {
    assert.equal(read(attribute, setting, page, ...browser), language, `${[attribute, setting, page, browser]}`);
  }
});

test('numbers and times follow the region that was asked for', () => {
  assert.equal(choose(['de-CH'], spoken).locale, 'de-CH');
  assert.equal(choose(['zh-HK'], spoken).locale, 'zh-HK');
  assert.equal(choose(['tlh', 'ar-u-nu-latn'], spoken).locale, 'ar-u-nu-latn');
});
