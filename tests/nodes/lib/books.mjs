// Whether what is stored fits together, and holds all that was promised.
import assert from 'node:assert/strict';

/** What no row may contradict; each counts those that do. The same on both engines. */
const RULES = {
  'numbers are unique within a site': 'SELECT count(*) FROM (SELECT site_id, number FROM comment GROUP BY site_id, number HAVING count(*) > 1) AS x',
  'numbers are without a gap, as nothing was deleted':
    'SELECT count(*) FROM (SELECT site_id FROM comment GROUP BY site_id HAVING max(number) <> count(*)) AS x',
  'the counter of a site stands at its last number':
    'SELECT count(*) FROM site_counter AS s WHERE last_number <> (SELECT coalesce(max(number), 0) FROM comment AS c WHERE c.site_id = s.site_id)',
  'a thread counts its comments':
    "SELECT count(*) FROM thread AS t WHERE comment_count <> (SELECT count(*) FROM comment AS c WHERE c.thread_id = t.id AND c.state = 'published')",
  'a comment counts its replies':
    "SELECT count(*) FROM comment AS p WHERE reply_count <> (SELECT count(*) FROM comment AS c WHERE c.parent_id = p.id AND c.state = 'published')",
  'a root counts what is under it':
    "SELECT count(*) FROM comment AS r WHERE r.parent_id IS NULL AND branch_count <> (SELECT count(*) FROM comment AS c WHERE c.root_id = r.id AND c.state = 'published')",
  'a reply is in the thread of what it answers, under the same root':
    'SELECT count(*) FROM comment AS c JOIN comment AS p ON p.id = c.parent_id WHERE c.thread_id <> p.thread_id OR c.root_id <> coalesce(p.root_id, p.id)',
  'a reply has its parent': 'SELECT count(*) FROM comment AS c WHERE parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM comment AS p WHERE p.id = c.parent_id)',
  'votes are counted':
    'SELECT count(*) FROM comment AS c WHERE up_votes <> (SELECT count(*) FROM vote AS v WHERE v.comment_id = c.id AND v.value = 1) OR down_votes <> (SELECT count(*) FROM vote AS v WHERE v.comment_id = c.id AND v.value = -1)',
  'each comment was told of once':
    "SELECT count(*) FROM comment AS c WHERE (SELECT count(*) FROM event AS e WHERE e.comment_id = c.id AND e.kind = 'created') <> 1",
};

/** `query` resolves to the rows of a statement. */
export async function assertConsistent(query) {
  // In one question: a program is started for each.
  const counts = Object.entries(RULES).map(([rule, sql]) => `SELECT '${rule}', (${sql})`);
  const broken = (await query(counts.join(' UNION ALL '))).filter(([, count]) => count !== '0');
  assert.deepEqual(broken, [], 'the books are right');
}

/** Every post that was answered is there once under the id that was answered, and no other text is there twice. */
export async function assertAllThere(query, posts) {
  const rows = await query("SELECT source, number FROM comment WHERE source LIKE 'Said by %'");
  const found = new Map();
  for (const [text, number] of rows) found.set(text, [...(found.get(text) ?? []), Number(number)]);
  const doubled = [...found].filter(([, numbers]) => numbers.length > 1);
  assert.deepEqual(doubled, [], 'nothing is there twice');
  const lost = posts.filter(({ id, text, number }) => id && found.get(text)?.[0] !== number);
  assert.deepEqual(lost, [], 'nothing that was answered is lost, or has another number');
  const votes = await query('SELECT c.number, count(*) FROM comment AS c JOIN vote AS v ON v.comment_id = c.id WHERE v.value = 1 GROUP BY c.number');
  const counted = new Map(votes.map(([number, count]) => [Number(number), Number(count)]));
  const unheard = posts.filter(({ number, votes: answered }) => answered && answered.size > (counted.get(number) ?? 0));
  assert.deepEqual(unheard, [], 'no vote that was answered is lost');
  return { stored: rows.length, acknowledged: posts.filter(({ id }) => id).length };
}
