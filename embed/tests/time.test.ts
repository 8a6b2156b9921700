import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, duration, relative } from '../src/time';

const now = Date.UTC(2026, 5, 15, 12);
const ago = (seconds: number) => distance(now - seconds * 1000, now);

test('a time is told in the largest unit that has passed as a whole', () => {
  assert.deepEqual(ago(59), { value: 0, unit: 'second' });
  assert.deepEqual(ago(60), { value: -1, unit: 'minute' });
  assert.deepEqual(ago(3_599), { value: -59, unit: 'minute' });
  assert.deepEqual(ago(86_399), { value: -23, unit: 'hour' });
  assert.deepEqual(ago(6 * 86_400), { value: -6, unit: 'day' });
  assert.deepEqual(ago(20 * 86_400), { value: -2, unit: 'week' });
  assert.deepEqual(ago(400 * 86_400), { value: -1, unit: 'year' });
});

test('a time ahead of this clock is now', () => {
  assert.deepEqual(ago(-5_000), { value: 0, unit: 'second' });
});

test('times are told in the language of the thread', () => {
  const threeHours = new Date(now - 3 * 3_600_000).toISOString();
  assert.equal(relative(threeHours, 'en', now), '3 hours ago');
  assert.equal(relative(threeHours, 'de', now), 'vor 3 Stunden');
});

test('a wait is told in seconds, and in minutes when it is long', () => {
  assert.equal(duration(30, 'en'), '30 seconds');
  assert.equal(duration(150, 'de'), '3 Minuten');
});
