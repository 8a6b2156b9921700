import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rare, reading, writing } from '../src/locales/en';
import type { Plural, Words } from '../src/locales/words';
import { direction } from '../src/speech';

/** The languages that a site can be set to, as the server has them. */
const settings = readFileSync('../api/src/sites/settings.rs', 'utf8');
const [, list = ''] = /LANGUAGES: &\[&str\] = &\[([^\]]*)\]/.exec(settings)!;
const LANGUAGES = [...list.matchAll(/"([\w-]+)"/g)].map(([, language]) => language!).filter((language) => language !== 'auto');

const english: Words = { ...reading, ...writing, ...rare };
const spoken = new Map<string, Words>();
for (const language of LANGUAGES) {
  spoken.set(language, language === 'en' ? english : (await import(`../src/locales/${language}.ts`)).default);
}

/** English words that other languages use as they are. */
const SHARED = ['Code', 'Email', 'Link', 'Name', 'Team', 'Website', 'text'];

/** Texts of buttons that share a line with others, on a screen 320 pixels wide. */
const SMALL = [
  ...['cancel', 'copyLink', 'delete', 'dismiss', 'edit', 'more', 'post', 'preview', 'quote', 'reply', 'report', 'save'],
  ...['undo', 'write'],
] as const;
const SMALL_LENGTH = 19;

/** Scripts by their ISO 15924 codes, as regular expressions name them. */
const LETTERS: Record<string, RegExp> = {
  Arab: /\p{Script=Arabic}/u,
  Cyrl: /\p{Script=Cyrillic}/u,
  Deva: /\p{Script=Devanagari}/u,
  Grek: /\p{Script=Greek}/u,
  Hans: /\p{Script=Han}/u,
  Hant: /\p{Script=Han}/u,
  Hebr: /\p{Script=Hebrew}/u,
  Jpan: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  Kore: /\p{Script=Hangul}/u,
  Latn: /\p{Script=Latin}/u,
};

/** Told only for one and more: how many are missing, over, or new. */
const NEVER_NONE = ['charactersOver', 'moreReplies', 'newComments', 'textTooShort'];

const CATEGORIES = ['zero', 'one', 'two', 'few', 'many', 'other'];
const sorted = (list: Iterable<string>) => [...list].sort();
const isPlural = (value: unknown): value is Plural =>
  typeof value === 'object' && Object.keys(value!).every((name) => CATEGORIES.includes(name));

/** The texts with their names; those with a number once for each form. */
function texts(words: object, within = ''): [name: string, text: string][] {
  return Object.entries(words).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[within + name, value]] : texts(value, `${within}${name}.`),
  );
}

/** The names of the texts; those with a number once for all forms. */
function names(words: object, within = ''): string[] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'string' || isPlural(value) ? [within + name] : names(value, `${within}${name}.`),
  );
}

const placeholders = (text: string) => sorted(text.match(/\{.*?\}/g) ?? []);
const pluralNames = Object.keys(english).filter((name) => isPlural(english[name as keyof Words]));

/** The numbers below a thousand that take this form. */
function taking(language: string, category: string): number[] {
  const rules = new Intl.PluralRules(language);
  return Array.from({ length: 1000 }, (_, n) => n).filter((n) => rules.select(n) === category);
}

test('each language of the API has a file, and each file is of one', () => {
  const files = readdirSync('src/locales').filter((name) => name !== 'words.ts');
  assert.deepEqual(sorted(files), sorted(LANGUAGES.map((language) => `${language}.ts`)));
});

for (const [language, words] of spoken) {
  test(`${language} has each text that English has, and no other`, () => {
    assert.deepEqual(sorted(names(words)), sorted(names(english)));
  });

  test(`${language} has a form for each of its plural categories, and no other`, () => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const name of pluralNames) {
      assert.deepEqual(sorted(Object.keys(words[name as keyof Words])), sorted(pluralCategories), name);
    }
  });

  test(`${language} fills in what English fills in`, () => {
    for (const [name, text] of texts(words)) {
      const [top, category] = name.split('.') as [keyof Words, string];
      const { [top]: model } = english;
      if (isPlural(model)) {
        // "One comment", "two comments": where a form stands for one number, it need not show it.
        const numbers = taking(language, category);
        const told = numbers.filter((n) => n > 0 || !NEVER_NONE.includes(top));
        const sayable = numbers.length > 0 && told.length < 2;
        const found = placeholders(text);
        assert.ok(`${found}` === '{n}' || (sayable && !found.length), `${name}: ${text}`);
      } else {
        const same = texts(english).find(([other]) => other === name)![1];
        assert.deepEqual(placeholders(text), placeholders(same), `${name}: ${text}`);
      }
    }
  });

  test(`${language} says something everywhere, in its own letters`, () => {
    const { script } = new Intl.Locale(language).maximize();
    for (const [name, text] of texts(words)) {
      if (!SHARED.includes(text)) assert.match(text.replace(/\{.*?\}/g, ''), LETTERS[script!]!, `${name}: ${text}`);
      assert.equal(text, text.trim(), name);
    }
  });

  test(`${language} sets its texts as a printer would`, () => {
    for (const [name, text] of texts(words)) {
      assert.doesNotMatch(text.replace('data-site="…"', 'data-site'), /["']|\.\.\.| {2}/, `${name}: ${text}`);
    }
  });

  test(`${language} has buttons that fit a small screen`, () => {
    for (const name of SMALL) assert.ok([...words[name]].length <= SMALL_LENGTH, `${name}: ${words[name]}`);
  });

  test(`${language} runs in the direction of its letters`, () => {
    const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(words.title);
    assert.equal(direction(language), rightToLeft ? 'rtl' : 'ltr');
  });

  if (language === 'en') continue;
  test(`${language} leaves nothing in English`, () => {
    const model = new Map(texts(english));
    for (const [name, text] of texts(words)) {
      if (!SHARED.includes(text)) assert.notEqual(text, model.get(name), name);
    }
  });
}

test('Arabic, Persian and Hebrew run from right to left, in any region', () => {
  const leftwards = LANGUAGES.filter((language) => direction(language) === 'rtl');
  assert.deepEqual(leftwards, ['ar', 'fa', 'he']);
  for (const locale of ['ar-EG', 'fa-AF', 'he-IL']) assert.equal(direction(locale), 'rtl');
});

test('what is filled into a line from right to left is kept apart from the signs around it', () => {
  for (const language of ['ar', 'fa', 'he']) {
    for (const [name, text] of texts(spoken.get(language)!)) {
      const bare = text.replace(/[\u2066\u2068].*?\u2069/g, '');
      assert.doesNotMatch(bare, /\{(?!n\}|time\})|="|[\u2066-\u2069]/, `${name}: ${text}`);
    }
  }
});

test('French keeps a narrow space before signs of two parts, Spanish opens its questions', () => {
  for (const [name, text] of texts(spoken.get('fr')!)) assert.doesNotMatch(text, /[^\u202f][!?;:»]|«[^\u202f]/, name);
  for (const [name, text] of texts(spoken.get('es')!)) {
    assert.equal(text.includes('?'), text.includes('¿'), name);
    assert.equal(text.includes('!'), text.includes('¡'), name);
  }
});

test('Chinese and Japanese use their own stops', () => {
  for (const language of ['zh-CN', 'zh-TW', 'ja']) {
    for (const [name, text] of texts(spoken.get(language)!)) {
      assert.doesNotMatch(text, /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][,.!?:;]/u, name);
    }
  }
});
