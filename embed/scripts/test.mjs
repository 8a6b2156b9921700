// Runs tests/*.test.ts with Node's own runner; esbuild turns them into JavaScript first.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const tests = fileURLToPath(new URL('../tests/', import.meta.url));
const built = await mkdtemp(join(tmpdir(), 'parlour-embed-tests-'));
try {
  const names = (await readdir(tests)).filter((name) => name.endsWith('.test.ts'));
  await esbuild.build({
    entryPoints: names.map((name) => join(tests, name)),
    outdir: built,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
  });
  const files = names.map((name) => join(built, name.replace(/\.ts$/, '.mjs')));
  const flags = ['--enable-source-maps', '--test', '--test-reporter=spec'];
  const { status } = spawnSync(process.execPath, [...flags, ...files], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  await rm(built, { recursive: true, force: true });
}
