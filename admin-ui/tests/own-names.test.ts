import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OWN_NAMES } from '~/parts/own-names';

test('every language that a site can be set to has the name that its speakers give it, and no other has', () => {
  const settings = readFileSync('../api/src/sites/settings.rs', 'utf8');
  const [, list = ''] = /LANGUAGES: \[&str; \d+\] = \[([^\]]*)\]/.exec(settings)!;
  const languages = [...list.matchAll(/"([\w-]+)"/g)].map(([, language]) => language);
  assert.deepEqual(Object.keys(OWN_NAMES).sort(), languages.sort());
});
