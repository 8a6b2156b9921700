import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordStrength } from '~/parts/password-strength';

test('length makes a password strong, repetition does not', () => {
  assert.equal(passwordStrength('1234567'), 'short');
  assert.equal(passwordStrength('password'), 'weak');
  assert.equal(passwordStrength('aaaaaaaaaaaaaaaaaaaaaaaa'), 'weak');
  assert.equal(passwordStrength('kettle on the hob'), 'strong');
});
