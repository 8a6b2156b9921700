// Bundles the two scripts that pages load, with compressed siblings for servers that send files as they lie, and fails
// when one outgrows its budget.
import { readFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import esbuild from 'esbuild';

/** Most bytes after gzip. */
const BUDGETS = { 'embed.js': 18_000, 'count.js': 800 };

const root = new URL('../', import.meta.url);
const dist = new URL('dist/', root);

const minifiedCss = {
  name: 'minified-css',
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, 'utf8'), { loader: 'css', minify: true, target });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/** The browsers of mid-2023 on: adopted style sheets, container queries and color-mix(). */
const target = ['chrome111', 'firefox113', 'safari16.4'];

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const { outputFiles } = await esbuild.build({
  absWorkingDir: new URL('.', root).pathname,
  entryPoints: ['src/embed.ts', 'src/count.ts'],
  outdir: dist.pathname,
  bundle: true,
  write: false,
  format: 'iife',
  minify: true,
  target,
  charset: 'utf8',
  legalComments: 'none',
  plugins: [minifiedCss],
});

console.log('file         raw     gzip   brotli   budget');
for (const { path, contents } of outputFiles) {
  const name = path.split('/').at(-1);
  const gzip = gzipSync(contents, { level: 9 });
  const brotli = brotliCompressSync(contents, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
    },
  });
  await Promise.all([
    writeFile(new URL(name, dist), contents),
    writeFile(new URL(`${name}.gz`, dist), gzip),
    writeFile(new URL(`${name}.br`, dist), brotli),
  ]);
  const figures = [contents.length, gzip.length, brotli.length, BUDGETS[name]];
  console.log(name.padEnd(9) + figures.map((bytes) => String(bytes).padStart(9)).join(''));
  if (gzip.length > BUDGETS[name]) {
    console.error(`${name} is ${gzip.length - BUDGETS[name]} bytes over its budget of ${BUDGETS[name]} after gzip`);
    process.exitCode = 1;
  }
}
