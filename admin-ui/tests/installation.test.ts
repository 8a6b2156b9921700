import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { differenceOf } from '~/routes/t/$tenantId/sites/$siteId/installation/nearby';
import { partsOf, placeOf, RECIPES } from '~/routes/t/$tenantId/sites/$siteId/installation/snippets';

const SNIPPET =
  '<script src="https://talk.example/embed.js" data-site="abc" async></script>\n<parlour-comments></parlour-comments>';
const place = placeOf({ snippet: SNIPPET, key: 'abc' });

test('the plain recipe is the snippet as the server gives it', () => {
  assert.deepEqual(partsOf('html', place), [{ code: SNIPPET }]);
});

test('every recipe names the server, the key and the element', () => {
  for (const recipe of RECIPES) {
    const all = partsOf(recipe, place)
      .map(({ code }) => code)
      .join('\n');
    for (const part of ['https://talk.example/embed.js', 'abc', '<parlour-comments']) {
      assert.ok(all.includes(part), `${recipe} has ${part}`);
    }
  }
});

test('what is JavaScript can be read as such', () => {
  const scripts = [
    ...partsOf('react', place).map(({ file, code }) => [file, code]),
    ...partsOf('vue', place).map(({ file, code }) => [file, /<script setup>([^]+)<\/script>/.exec(code)?.[1] ?? code]),
    ...partsOf('astro', place).map(({ file, code }) => [file, /^---\n([^]+)\n---/.exec(code)![1]]),
  ];
  for (const [file, code] of scripts) {
    // A lone element of a Vue template is none of JavaScript's.
    if (file === 'Post.vue') continue;
    const { diagnostics = [] } = ts.transpileModule(code!, {
      reportDiagnostics: true,
      fileName: `${file}.jsx`,
      compilerOptions: { jsx: ts.JsxEmit.ReactJSX, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    assert.deepEqual(
      diagnostics.map(({ messageText }) => messageText),
      [],
      file,
    );
  }
});

test('an origin that is nearly one of the list is told by what differs', () => {
  const listed = ['https://*.wild.example', 'https://blog.example', 'http://localhost:1313'];
  const by = (refused: string) => differenceOf(refused, listed)?.by;
  assert.equal(by('http://blog.example'), 'scheme');
  assert.equal(by('https://www.blog.example'), 'www');
  assert.equal(by('https://blog.example:8443'), 'port');
  assert.equal(by('http://localhost:4000'), 'port');
  assert.equal(by('https://elsewhere.example'), undefined);
  assert.equal(by('https://wild.example'), undefined);
  assert.equal(by('nonsense'), undefined);
});
