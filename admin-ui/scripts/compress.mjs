// Puts .gz and .br beside every text file worth it, so that the server never compresses, and reports what a first visit
// loads; fails if that is more than it may. Files with a nonce placeholder change with every answer and so have no compressed form.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const text = /\.(js|css|html|svg)$/;
const worthIt = 1024;

const sizes = new Map();
for (const entry of readdirSync(dist, { recursive: true })) {
  const path = join(dist, entry);
  if (!text.test(entry) || !statSync(path).isFile()) continue;
  const raw = readFileSync(path);
  const gzip = gzipSync(raw, { level: 9 });
  const brotli = brotliCompressSync(raw, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
  });
  sizes.set(entry, { raw: raw.length, gzip: gzip.length, brotli: brotli.length });
  if (raw.length <= worthIt || raw.includes('__CSP_NONCE__')) continue;
  writeFileSync(`${path}.gz`, gzip);
  writeFileSync(`${path}.br`, brotli);
}

const columns = (name, { raw, gzip, brotli }) =>
  [name.padEnd(44), ...[raw, gzip, brotli].map((bytes) => (bytes / 1024).toFixed(1).padStart(9))].join('');
const sum = (names) =>
  names.reduce(
    (total, name) => {
      for (const kind of ['raw', 'gzip', 'brotli']) total[kind] += sizes.get(name)[kind];
      return total;
    },
    { raw: 0, gzip: 0, brotli: 0 },
  );

console.log(`${'KiB'.padEnd(44)}${['raw', 'gzip', 'brotli'].map((kind) => kind.padStart(9)).join('')}`);
for (const [name, size] of [...sizes].sort((a, b) => b[1].gzip - a[1].gzip)) console.log(columns(name, size));
for (const page of ['index.html', 'docs.html']) {
  const html = readFileSync(join(dist, page), 'utf8');
  const linked = [...html.matchAll(/\/admin\/(assets\/[^"]+\.(?:js|css))/g)].map((match) => match[1]);
  console.log(columns(`${page} with what it links`, sum([page, ...linked])));
}

/** What may be loaded of script until somebody who is signed in sees the first page, in bytes of gzip. */
const FIRST_VIEW = 200 * 1000;
/** The entry, and what the way to the overview imports: the frame, the tenant, the page, and the longest language. */
const onTheWay = [
  'index.html',
  'src/routes/shell.tsx',
  'src/routes/t/$tenantId/tenant.tsx',
  'src/routes/t/$tenantId/overview/page.tsx',
  'src/locales/de.ts',
];
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
// Of no use to browsers, and nothing that the server should know.
rmSync(join(dist, 'manifest.json'));
const scripts = new Set();
const take = (key) => {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is on the way to the first view and is not in the build`);
  if (scripts.has(chunk.file)) return;
  scripts.add(chunk.file);
  chunk.imports?.forEach(take);
};
onTheWay.forEach(take);
const first = sum([...scripts].filter((file) => file.endsWith('.js')));
console.log(columns('script until the first view', first));
if (first.gzip > FIRST_VIEW) {
  console.error(`The first view loads ${first.gzip} bytes of script (gzip); ${FIRST_VIEW} are allowed.`);
  process.exit(1);
}
