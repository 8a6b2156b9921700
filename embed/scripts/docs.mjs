// Writes what is documented in the source's comments into README.md and custom-elements.json, and refuses when a
// comment and the code beside it disagree. With --check it writes nothing and fails where something would change.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { evaluate } from './evaluate.mjs';

const root = new URL('../', import.meta.url);
const read = (name) => readFile(new URL(name, root), 'utf8');
const check = process.argv.includes('--check');
const complaints = [];

const sources = Object.fromEntries(
  await Promise.all(
    (await readdir(new URL('src/', root), { recursive: true }))
      .filter((name) => /\.(ts|css)$/.test(name))
      .map(async (name) => [name, await read(`src/${name}`)]),
  ),
);
const elements = [...documented(sources['element.ts']), ...documented(sources['count.ts'])];

/** The elements whose comments carry a @tag. */
function documented(source) {
  return [...source.matchAll(/\/\*\*\n((?: \*.*\n)+?) \*\//g)]
    .map(([, comment]) => comment.replace(/^ \* ?/gm, ''))
    .filter((comment) => comment.includes('@tag '))
    .map((comment) => ({
      tag: /@tag (\S+)/.exec(comment)[1],
      description: comment.split('\n\n')[0].replace(/\n/g, ' ').trim(),
      attributes: entries(comment, /^@attr \{(.+?)\} (\S+) - (.+)$/gm, 'type', 'name', 'description'),
      events: entries(comment, /^@fires (\S+) (\{.+?\}) - (.+)$/gm, 'name', 'detail', 'description'),
      methods: entries(comment, /^@method (\S+) - (.+)$/gm, 'name', 'description'),
      properties: entries(comment, /^@cssprop (\S+) - (.+)$/gm, 'name', 'description'),
      parts: entries(comment, /^@csspart (\S+) - (.+)$/gm, 'name', 'description'),
    }));
}

function entries(comment, pattern, ...names) {
  return [...comment.matchAll(pattern)].map((match) =>
    Object.fromEntries(names.map((name, at) => [name, match[at + 1]])),
  );
}

function agree(what, written, used) {
  for (const name of used) if (!written.has(name)) complaints.push(`${what} ${name} is used and not documented`);
  for (const name of written) if (!used.has(name)) complaints.push(`${what} ${name} is documented and not used`);
}

const all = Object.values(sources).join('\n');
const script = Object.entries(sources)
  .filter(([name]) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map(([, source]) => source)
  .join('\n');
const found = (source, pattern) => new Set([...source.matchAll(pattern)].flatMap(([, names]) => names.split(' ')));
const names = (kind) => new Set(elements.flatMap((element) => element[kind].map(({ name }) => name)));

agree('custom property', names('properties'), found(all, /var\((--parlour-[\w-]+)/g));
agree(
  'part',
  names('parts'),
  new Set([
    ...found(script, /\bpart: ['`]([a-z ]+?)(?: \$\{\w+\})?['`]/g),
    ...found(script, /\bbutton\([^\n]*?, ['`]([a-z ]+?)(?: \$\{\w+\})?['`], /g),
  ]),
);
agree(
  'event',
  new Set([...names('events')].map((name) => name.replace('parlour:', ''))),
  found(script, /\bemit\('(\w+)'/g),
);
const attribute = /\b(?:get|getAttribute)\('([a-z-]+)'\)/g;
const readHere = ['element.ts', 'thread.ts', 'recent.ts', 'write/desk.ts', 'count.ts']
  .map((name) => sources[name])
  .join('\n');
agree(
  'attribute',
  new Set([...names('attributes')].filter((name) => name !== 'text-NAME')),
  new Set(
    [...found(readHere, attribute)].filter(
      (name) => !['href', 'data-parlour-count', 'parlour-count', 'parlour-comments'].includes(name),
    ),
  ),
);
for (const name of names('events')) {
  if (!sources['parlour.d.ts'].includes(`'${name}'`)) complaints.push(`event ${name} is missing in parlour.d.ts`);
}

const table = (head, rows) =>
  [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join(
    '\n',
  );
const code = (text) => `\`${text.replace(/\|/g, '\\|')}\``;
const sections = {};
for (const { tag, attributes, events, methods, properties, parts } of elements) {
  const one = (name, head, rows) => rows.length && (sections[`${tag} ${name}`] = table(head, rows));
  one(
    'attributes',
    ['attribute', 'value', 'meaning'],
    attributes.map(({ name, type, description }) => [code(name), code(type.replace(/'/g, '')), description]),
  );
  one(
    'events',
    ['event', '`detail`', 'when'],
    events.map(({ name, detail, description }) => [code(name), code(detail), description]),
  );
  one(
    'methods',
    ['method', 'what it does'],
    methods.map(({ name, description }) => [code(name), description]),
  );
  one(
    'properties',
    ['property', 'what it colours or shapes'],
    properties.map(({ name, description }) => [code(name), description]),
  );
  one(
    'parts',
    ['part', 'what it is'],
    parts.map(({ name, description }) => [code(name), description]),
  );
}
const { reading, writing, rare } = await evaluate(new URL('src/locales/en.ts', root));
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
sections.texts = table(
  ['attribute', 'text'],
  Object.entries({ ...reading, ...writing, ...rare })
    .filter(([, text]) => typeof text === 'string' || 'other' in text)
    .map(([name, text]) => [code(`text-${kebab(name)}`), typeof text === 'string' ? text : text.other]),
);

let readme = await read('README.md');
for (const [name, content] of Object.entries(sections)) {
  const place = new RegExp(`(<!-- from the source: ${name} -->\n)[^]*?(<!-- end -->)`);
  if (!place.test(readme)) complaints.push(`README.md has no place for "${name}"`);
  readme = readme.replace(place, (_, start, end) => `${start}\n${content}\n\n${end}`);
}

const manifest = {
  schemaVersion: '1.0.0',
  readme: 'README.md',
  modules: [
    {
      kind: 'javascript-module',
      path: 'dist/embed/parlour.js',
      declarations: elements.map(({ tag, description, attributes, events, methods, properties, parts }) => ({
        kind: 'class',
        customElement: true,
        name: tag.replace(/(^|-)(.)/g, (_, _dash, letter) => letter.toUpperCase()),
        tagName: tag,
        description,
        attributes: attributes.map(({ name, type, description }) => ({ name, type: { text: type }, description })),
        events: events.map(({ name, detail, description }) => ({
          name,
          type: { text: `CustomEvent<${detail}>` },
          description,
        })),
        members: methods.map(({ name, description }) => ({
          kind: 'method',
          name: name.replace('()', ''),
          description,
        })),
        cssProperties: properties,
        cssParts: parts,
      })),
      exports: elements.map(({ tag }) => ({
        kind: 'custom-element-definition',
        name: tag,
        declaration: { name: tag.replace(/(^|-)(.)/g, (_, _dash, letter) => letter.toUpperCase()) },
      })),
    },
  ],
};

for (const [name, content] of [
  ['README.md', readme],
  ['custom-elements.json', `${JSON.stringify(manifest, null, 2)}\n`],
]) {
  if ((await read(name).catch(() => '')) === content) continue;
  if (check) complaints.push(`${name} is not what the source says; run npm run docs`);
  else await writeFile(new URL(name, root), content);
}
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
