import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hue } from '../src/avatar';
import { door } from '../src/client';
import { lightness } from '../src/ground';
import { quoted } from '../src/more/more';
import { webUrl } from '../src/website';
import { length } from '../src/write/composer';
import { mark } from '../src/more/markdown';

test('a name keeps its tint', () => {
  assert.equal(hue('Ada'), hue('Ada'));
  assert.notEqual(hue('Ada'), hue('Adb'));
  for (const name of ['', 'a', 'Ada', '陳大文', '👩‍👩‍👧']) assert.ok(hue(name) >= 0 && hue(name) < 360);
});

test('characters are counted as the server does', () => {
  assert.equal(length('añ👍'), 3);
});

test('light and dark text are told apart', () => {
  assert.ok(lightness('color(srgb 1 1 1)') > 0.99);
  assert.ok(lightness('color(srgb 0.0784314 0.0901961 0.109804)') < 0.2);
  assert.ok(lightness('color(srgb 1e-7 0 0)') < 0.01);
  assert.equal(lightness(''), 0);
});

test('only the web becomes a link', () => {
  assert.equal(webUrl('https://example.org/me')!.href, 'https://example.org/me');
  for (const address of [
    undefined,
    '',
    'javascript:alert(1)',
    'data:text/html,x',
    '//example.org',
    'ftp://example.org',
  ]) {
    assert.equal(webUrl(address), undefined, address);
  }
});

test('an operation is asked under the host, with what is known and nothing else', () => {
  const site = { host: 'https://parlour.example/sub/', key: 'k/1' };
  const address = door(site, 'thread', { url: 'https://a.example/?b=1&c=2', sort: undefined, around: '7' });
  assert.equal(
    address,
    'https://parlour.example/sub/v1/sites/k%2F1/thread?url=https%3A%2F%2Fa.example%2F%3Fb%3D1%26c%3D2&around=7',
  );
});

/** The text with its selection in guillemets. */
function marked(tool: Parameters<typeof mark>[0], selected: string): string {
  const { text, from, to } = mark(tool, selected, 'text');
  return `${text.slice(0, from)}«${text.slice(from, to)}»${text.slice(to)}`;
}

test('a button marks what is selected, or writes a sample to type over', () => {
  assert.equal(marked('bold', 'loud'), '**«loud»**');
  assert.equal(marked('bold', ''), '**«text»**');
  assert.equal(marked('link', 'here'), '[«here»](https://)');
});

test('lines are quoted and listed each for itself, and several lines of code are a block', () => {
  assert.equal(mark('quotation', 'one\ntwo', '').text, '> one\n> two');
  assert.equal(mark('list', 'one\ntwo', '').text, '- one\n- two');
  assert.equal(mark('code', 'one\ntwo', '').text, '```\none\ntwo\n```');
  assert.equal(mark('code', 'one', '').text, '`one`');
});

test('a quotation is marked on every line and leaves room for the answer', () => {
  assert.equal(quoted('  one\n\n\n\ntwo\n'), '> one\n> \n> two\n\n');
});
