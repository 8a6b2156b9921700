// Bundles the tests of tests/ as the app is bundled, and runs them with Node's own test runner.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = new URL('..', import.meta.url).pathname;
const outDir = join(root, 'node_modules/.cache/tests');
const tests = readdirSync(join(root, 'tests')).filter((name) => name.endsWith('.test.ts'));

rmSync(outDir, { recursive: true, force: true });
await build({
  root,
  logLevel: 'warn',
  publicDir: false,
  build: { ssr: true, outDir, rollupOptions: { input: tests.map((name) => join(root, 'tests', name)) } },
});
const bundles = readdirSync(outDir).filter((name) => name.endsWith('.test.js'));
const { status } = spawnSync(process.execPath, ['--test', ...bundles.map((name) => join(outDir, name))], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
