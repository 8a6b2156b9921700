// Asks axe about a part of a page as it is now.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function audit(reader, state, part = 'parlour-comments') {
  await reader.page.evaluate(AXE);
  const found = await reader.page.evaluate(
    async ([part, rules]) => {
      const { violations } = await window.axe.run(part, { runOnly: rules });
      return violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0].html} ${nodes[0].failureSummary}`);
    },
    [part, RULES],
  );
  assert.deepEqual(found, [], `axe finds nothing: ${state}`);
}
