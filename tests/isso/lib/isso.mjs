// A real Isso of its own for a test: the package that scripts/setup-test-machine.sh installs, on a free port, with an empty database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PYTHON = fileURLToPath(new URL('../../../target/isso-venv/bin/python', import.meta.url));
const LIBRARY = fileURLToPath(new URL('../../../target/isso-venv/lib/', import.meta.url));
const SERVE = fileURLToPath(new URL('serve.py', import.meta.url));

/** The salt of author hashes in Isso's default configuration. */
export const ISSO_SALT = 'Eech7co8Ohloopo9Ol6baimi';

/** A file of the package, `/js/embed.min.js`. */
export function issoFile(path) {
  const [python] = readdirSync(LIBRARY).filter((name) => name.startsWith('python'));
  return join(LIBRARY, python, 'site-packages/isso', path);
}

/**
 * Starts an Isso whose pages live at `hosts`. `settings` are sections of its configuration, `{ guard: { enabled: 'on' } }`; its guard
 * is off unless they say otherwise. Resolves to `{ url, database, tell, log, stop }`.
 */
export async function startIsso(hosts, settings = {}) {
  if (!existsSync(PYTHON)) throw new Error('No Isso found; scripts/setup-test-machine.sh installs it.');
  const folder = await mkdtemp(join(tmpdir(), 'parlour-isso-'));
  const database = join(folder, 'comments.db');
  const sections = {
    ...settings,
    general: { dbpath: database, host: hosts.map((host) => `\n  ${host}`).join(''), ...settings.general },
    guard: { enabled: 'off', ...settings.guard },
  };
  const lines = Object.entries(sections).flatMap(([name, options]) => [
    `[${name}]`,
    ...Object.entries(options).map(([option, value]) => `${option} = ${value}`),
  ]);
  await writeFile(join(folder, 'isso.cfg'), `${lines.join('\n')}\n`);

  // UTC, because Isso writes the local time into its feeds and calls it UTC.
  const server = spawn(PYTHON, [SERVE, join(folder, 'isso.cfg')], { env: { TZ: 'UTC' }, stdio: 'pipe' });
  const closed = once(server, 'close');
  const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text) => (log += text));

  async function answer() {
    const { value, done } = await answers.next();
    if (done) throw new Error(`Isso ended:\n${log}`);
    return JSON.parse(value);
  }

  async function end() {
    server.stdin.end();
    await closed;
  }

  const stop = async () => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const { port } = await answer();
    return {
      url: `http://127.0.0.1:${port}`,
      database,
      /** A command of serve.py; resolves to its answer. */
      tell(command, argument) {
        server.stdin.write(`${JSON.stringify([command, argument])}\n`);
        return answer();
      },
      log: () => log,
      /** Ends the server and keeps its database until `stop`. */
      end,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
