import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANGES, SECTIONS, SETTINGS as KNOWN } from '~/api/known';
import { Problem } from '~/api/problem';
import type { SiteSettings } from '~/api/types';
import { de as firstInGerman } from '~/locales/de';
import { later as laterInGerman } from '~/locales/de-later';
import { en as firstInEnglish } from '~/locales/en';
import { later as laterInEnglish } from '~/locales/en-later';
import { graphemes, isEmoji } from '~/parts/emoji';
import { ELEMENT_GROUPS } from '~/routes/t/$tenantId/sites/$siteId/settings/elements';
import { readParameter, readPattern, readPrefix } from '~/routes/t/$tenantId/sites/$siteId/settings/entries';
import { platformOf, saidOf } from '~/routes/t/$tenantId/sites/$siteId/settings/platform';
import { labelOf } from '~/routes/t/$tenantId/sites/$siteId/settings/values';
import { faults, refusals, toSettings, toValues } from '~/routes/t/$tenantId/sites/$siteId/settings/form';

const de = { ...firstInGerman, ...laterInGerman };
const en = { ...firstInEnglish, ...laterInEnglish };

const SETTINGS = Object.fromEntries(
  Object.entries(KNOWN).map(([name, { default: value }]) => [name, value]),
) as unknown as SiteSettings;
const VALUES = toValues('Blog', SETTINGS);

test('what the form was filled with is what it sends', () => {
  assert.deepEqual(toSettings(VALUES), SETTINGS);
  assert.deepEqual(faults(VALUES, en), {});
});

test('numbers out of bounds are named with their bounds, and what is no number is one of them', () => {
  for (const edit_minutes of ['525601', '-1', '1.5', '', 'ten']) {
    assert.deepEqual(faults({ ...VALUES, edit_minutes }, en), { edit_minutes: 'From 0 to 525,600.' }, edit_minutes);
  }
});

test('the shortest comment cannot be longer than the longest', () => {
  const values = { ...VALUES, min_text_length: '200', max_text_length: '100' };
  assert.deepEqual(faults(values, en), { min_text_length: en.settings.minAboveMax });
});

test('the platform narrows what the form takes, and what the site has stays', () => {
  const platform = platformOf([
    { setting: 'max_text_length', default: 4000, min: 100, max: 4000, fixed: false },
    { setting: 'votes', default: 'both', choices: ['both', 'likes'], fixed: false },
    { setting: 'images', default: false, fixed: true },
  ]);
  const saved = { ...SETTINGS, votes: 'none', images: true } as SiteSettings;
  const values = toValues('Blog', saved);
  assert.deepEqual(faults(values, en, platform, saved), {}, 'untouched');
  const touched = { ...values, max_text_length: '9000' };
  assert.deepEqual(faults(touched, en, platform, saved), { max_text_length: 'From 100 to 4,000.' });
  assert.deepEqual(Object.keys(faults({ ...VALUES, votes: 'none', images: true }, en, platform, SETTINGS)), ['votes', 'images']);
  const said = saidOf(platform, 'images', true, en, 'en');
  assert.deepEqual([said.note, said.isFixed], [`Fixed by the platform: off. ${en.settings.platform.keeps}`, false]);
  assert.equal(saidOf(platform, 'images', false, en, 'en').isFixed, true);
  assert.equal(
    saidOf(platform, 'votes', 'both', en, 'en').note,
    `This platform offers: ${en.votes.both.label}, ${en.votes.likes.label}. Here, new sites begin with: ${en.votes.both.label}.`,
  );
});

test('every setting has a name that people know', () => {
  const names = Object.keys(KNOWN).map((name) => labelOf(name as keyof SiteSettings, en));
  assert.equal(new Set(names).size, names.length);
});

test('patterns without a pattern would hold every new page, so one is asked for', () => {
  assert.deepEqual(Object.keys(faults({ ...VALUES, threads_open: 'patterns' }, en)), ['thread_patterns']);
});

test('of a list that the server refuses, the faulty entry is named', () => {
  const fault = { pointer: '/settings/elements/1', code: 'invalid' as const, detail: 'script is not one of them.' };
  const problem = new Problem('invalid_input', [fault]);
  const values = { ...VALUES, elements: ['p', 'script'] as SiteSettings['elements'] };
  assert.deepEqual(refusals(problem, values, en), { elements: '“script”: This does not look right.' });
});

test('an entry is cut to what it can only mean', () => {
  assert.equal(readPattern('https://blog.example/posts/*'), 'https://blog.example/posts/*');
  assert.equal(readPattern('*/posts/*'), '*/posts/*');
  assert.equal(readPattern('blog.example/posts/*'), undefined);
  assert.equal(readParameter('?ref=newsletter'), 'ref');
  assert.equal(readParameter('hsa_*'), 'hsa_*');
  assert.equal(readParameter('a*b'), undefined);
  assert.equal(readPrefix('/pt-br/'), 'pt-br');
  assert.equal(readPrefix('en/it'), undefined);
  assert.equal(readPattern(`https://blog.example/${'x'.repeat(300)}`), undefined);
});

test('one emoji is a reaction, whatever it is made of', () => {
  for (const emoji of ['👍', '❤️', '👍🏽', '🏳️‍🌈', '🇩🇪', '👨‍👩‍👧‍👦']) assert.ok(isEmoji(emoji), emoji);
  for (const text of ['', '+1', 'ok', '👍👎', '1️⃣', '<b>', ' ']) assert.ok(!isEmoji(text), text);
  assert.deepEqual(graphemes(' 👍🏽❤️ 🎉'), ['👍🏽', '❤️', '🎉']);
});

test('every element that may be chosen is in a group, but for the parts of a table', () => {
  const grouped: string[] = Object.values(ELEMENT_GROUPS).flat();
  const parts = ['thead', 'tbody', 'tfoot', 'tr', 'th', 'td'];
  assert.deepEqual([...grouped, ...parts].sort(), [...KNOWN.elements.choices].sort());
});

test('every section and every kind of change has its words', () => {
  for (const words of [en, de]) {
    assert.deepEqual(Object.keys(words.settings.groups).sort(), [...SECTIONS].sort());
    assert.deepEqual(Object.keys(words.audit.changes).sort(), [...CHANGES].sort());
  }
});
