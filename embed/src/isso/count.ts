/** Entry of count.min.js: fills in how many comments other pages have. What it takes to say so comes if there is any. */

import { count, counters } from './counter';
import { loadFrom } from './load';
import { doorOf } from './place';

const root = doorOf(document.currentScript);

function fill(): void {
  if (!counters().size) return;
  const load = loadFrom(root);
  void count(
    root,
    load('counts.js').then(({ default: voice }) => voice(root, load)),
  );
}

if (document.readyState === 'loading') addEventListener('DOMContentLoaded', fill);
else fill();
