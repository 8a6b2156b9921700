// Bundles what pages load, with compressed siblings for servers that send files as they lie: embed.js reads, embed/write.js
// and one language are loaded after it. With `--check` it writes nothing, and fails when something outgrows its budget.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import { minify } from 'terser';
import { evaluate } from './evaluate.mjs';

const isCheck = process.argv.includes('--check');

/** Most bytes after gzip; the last for embed.js, embed/write.js and the largest language together. */
const BUDGETS = { 'embed.js': 8_000, 'count.js': 800, 'isso/embed.min.js': 8_000, 'isso/count.min.js': 1_000 };
const ALL_BUDGET = 18_700;

const root = new URL('../', import.meta.url);
const dist = new URL('dist/', root);
const locales = new URL('src/locales/', root);
const sources = (await readdir(locales)).filter((name) => name !== 'words.ts').map((name) => name.replace('.ts', ''));
/** Languages without a file of their own whose readers read another's; by the names that pages and browsers use. */
const OTHER_NAMES = { nn: 'nb', no: 'nb', zh: 'zh-CN', 'zh-HK': 'zh-TW', 'zh-Hans': 'zh-CN', 'zh-Hant': 'zh-TW' };
const READ_AS = Object.entries(OTHER_NAMES).filter(([, source]) => sources.includes(source));
const languages = [...sources, ...READ_AS.map(([name]) => name)].sort();

/** The browsers of mid-2023 on: adopted style sheets, container queries and color-mix(). */
const target = ['chrome111', 'firefox113', 'safari16.4'];

/** Minified, as text. */
async function minifyCss(path) {
  const css = await readFile(path, 'utf8');
  // A prefix for mask would cost more than the fading that Chrome before 120 goes without.
  const options = { loader: 'css', minify: true, target: ['chrome120', ...target.slice(1)] };
  return (await esbuild.transform(css, options)).code;
}

async function styleSheet(path) {
  return Buffer.from((await minifyCss(new URL(path, root))).trim());
}

const minifiedCss = {
  name: 'minified-css',
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const code = await minifyCss(path);
      // What esbuild leaves in the values of custom properties.
      return { contents: code.trim().replace(/(?<=--[\w-]+:|,) /g, ''), loader: 'text' };
    });
  },
};

/** The client in Isso's clothes has Isso's languages, too; what Isso calls `pt` is that of Brazil. */
const ISSO_OTHER_NAMES = { ...Object.fromEntries(READ_AS), pt: 'pt-BR', 'pt-PT': 'pt' };
const issoLocales = new URL('src/isso/locales/', root);
const issoSources = (await readdir(issoLocales)).map((name) => name.replace('.ts', ''));
const issoLanguages = [...new Set([...sources, ...issoSources, ...Object.keys(ISSO_OTHER_NAMES)])].sort();

const english = await evaluate(new URL('en.ts', locales));

async function localeModule(words) {
  const { code } = await esbuild.transform(`export default ${JSON.stringify(words)}`, {
    minify: true,
    charset: 'utf8',
  });
  return Buffer.from(code.trim());
}

/** The same for the client in Isso's clothes, which says less. */
async function issoLocaleModules() {
  const { WRITING, UNSAID, RARE, MORE } = await evaluate(new URL('src/isso/words.ts', root));
  const reading = Object.keys(english.reading).filter((name) => !UNSAID.includes(name));
  const modules = new Map();
  for (const language of issoLanguages) {
    const source = ISSO_OTHER_NAMES[language] ?? language;
    const folder = issoSources.includes(source) ? issoLocales : locales;
    const all =
      source === 'en' ?
        { ...english.reading, ...english.writing, ...english.rare }
      : (await evaluate(new URL(`${source}.ts`, folder))).default;
    const words = JSON.parse(JSON.stringify({ ...all, ...MORE[source] }).replaceAll('data-site', 'data-isso'));
    const pick = (...names) => Object.fromEntries(names.map((name) => [name, words[name]]));
    // embed.min.js has what it takes to read in English.
    const usual = source === 'en' ? pick(...WRITING) : pick(...reading, ...Object.keys(MORE[source]), ...WRITING);
    modules.set(`isso/parts/${language}.js`, await localeModule(usual));
    modules.set(`isso/parts/${language}.rare.js`, await localeModule(pick(...RARE)));
  }
  return modules;
}

/** The words of each language as two modules: what readers and writers need, and what few of them ever do. */
async function localeModules() {
  const modules = new Map();
  for (const language of languages) {
    const source = Object.fromEntries(READ_AS)[language] ?? language;
    const words = language === 'en' ? english : (await evaluate(new URL(`${source}.ts`, locales))).default;
    const isRare = ([name]) => Object.hasOwn(english.rare, name);
    const parts =
      language === 'en' ?
        { '': words.writing, '.rare': words.rare } // embed.js has the rest
      : {
          '': Object.fromEntries(Object.entries(words).filter((entry) => !isRare(entry))),
          '.rare': Object.fromEntries(Object.entries(words).filter(isRare)),
        };
    for (const [ending, part] of Object.entries(parts)) {
      modules.set(`embed/locales/${language}${ending}.js`, await localeModule(part));
    }
  }
  return modules;
}

/** Resolves to the files by their names in dist/. */
async function bundle(entryPoints, options) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root.pathname,
    entryPoints,
    outdir: dist.pathname,
    bundle: true,
    write: false,
    minify: true,
    target,
    charset: 'utf8',
    legalComments: 'none',
    plugins: [minifiedCss],
    ...options,
  });
  const files = new Map();
  for (const { path, text } of outputFiles) {
    const compress = { passes: 4, ecma: 2022, pure_getters: true, unsafe_arrows: true };
    const { code } = await minify(text, { module: true, ecma: 2022, compress });
    files.set(path.slice(dist.pathname.length), Buffer.from(code));
  }
  return files;
}

const loaded = {
  write: 'src/write/write.ts',
  more: 'src/more/more.ts',
  trouble: 'src/trouble.ts',
  recent: 'src/recent.ts',
  debug: 'src/debug.ts',
};
const entries = Object.fromEntries(Object.entries(loaded).map(([name, path]) => [`embed/${name}`, path]));
const issoParts = { write: 'src/isso/write/write.ts', counts: 'src/isso/counts.ts', trouble: 'src/trouble.ts' };
const issoEntries = Object.fromEntries(Object.entries(issoParts).map(([name, path]) => [`isso/parts/${name}`, path]));
const issoDefine = { LANGUAGES: JSON.stringify(issoLanguages.join(' ')) };
const parts = new Map([
  ...(await bundle(entries, { format: 'esm' })),
  ...(await localeModules()),
  ...(await bundle(issoEntries, { format: 'esm', define: issoDefine })),
  ...(await issoLocaleModules()),
  ['isso/isso.css', await styleSheet('src/isso/isso.css')],
]);
const hash = createHash('sha256');
for (const contents of parts.values()) hash.update(contents);
const version = hash.digest('hex').slice(0, 12);
const define = {
  VERSION: JSON.stringify(version),
  LANGUAGES: JSON.stringify(languages.join(' ')),
};
const files = new Map([
  ...(await bundle({ embed: 'src/embed.ts', count: 'src/count.ts' }, { format: 'iife', define })),
  ...(await bundle({ 'embed/parlour': 'src/module.ts' }, { format: 'esm', define })),
  ...(await bundle({ 'embed/preview': 'src/preview/preview.ts' }, { format: 'iife' })),
  ...(await bundle(
    { 'isso/embed.min': 'src/isso/embed.ts', 'isso/count.min': 'src/isso/count.ts' },
    { format: 'iife', define: { ...define, ...issoDefine } },
  )),
  ...parts,
]);

if (!isCheck) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(new URL('embed/locales/', dist), { recursive: true });
  await mkdir(new URL('isso/parts/', dist), { recursive: true });
  await writeFile(new URL('version', dist), version); // for the server, which lets caches keep parts of this one only
  await writeFile(new URL('embed/parlour.d.ts', dist), await readFile(new URL('src/parlour.d.ts', root)));
}
const sizes = new Map();
console.log('file                       raw     gzip   brotli   budget');
for (const [name, contents] of files) {
  const gzip = gzipSync(contents, { level: 9 });
  const brotli = brotliCompressSync(contents, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
    },
  });
  const written = { [name]: contents, [`${name}.gz`]: gzip, [`${name}.br`]: brotli };
  if (!isCheck) await Promise.all(Object.entries(written).map(([file, bytes]) => writeFile(new URL(file, dist), bytes)));
  sizes.set(name, gzip.length);
  tell(name, [contents.length, gzip.length, brotli.length], BUDGETS[name]);
}
tellAll('all, heaviest language', ['embed.js', 'embed/write.js'], 'embed/locales', languages);
tellAll('all of isso, likewise', ['isso/embed.min.js', 'isso/parts/write.js'], 'isso/parts', issoLanguages);

function tellAll(name, files, folder, spoken) {
  const heaviest = Math.max(...spoken.map((language) => sizes.get(`${folder}/${language}.js`)));
  const sum = files.reduce((bytes, file) => bytes + sizes.get(file), heaviest);
  tell(name, ['', sum, ''], ALL_BUDGET);
}

function tell(name, figures, budget = '') {
  const [, gzip] = figures;
  console.log(name.padEnd(23) + [...figures, budget].map((figure) => String(figure).padStart(9)).join(''));
  if (!budget || gzip <= budget) return;
  // Not a reason not to build: another machine's gzip may need some bytes more. `npm run check` refuses it.
  console.error(`${name}: ${gzip - budget} bytes over the budget of ${budget} after gzip`);
  if (isCheck) process.exitCode = 1;
}
