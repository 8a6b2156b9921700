import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTINGS } from '~/api/known';
import { OWN_NAMES } from '~/parts/own-names';

test('every language that a site can be set to has the name that its speakers give it, and no other has', () => {
  const languages = SETTINGS.language.choices.filter((language) => language !== 'auto');
  assert.deepEqual(Object.keys(OWN_NAMES).sort(), [...languages].sort());
});
