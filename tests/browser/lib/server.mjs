// One Parlour of its own for a test: the release binary on a free port with an empty database.
//
// The database is SQLite in a temporary folder; with TEST_DATABASE_URL set it is a new database on that PostgreSQL, and
// TEST_REDIS_URL is handed on (scripts/with-engines.sh sets both).
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BINARY = fileURLToPath(new URL('../../../target/release/parlour', import.meta.url));
const START_SECONDS = 30;

/**
 * Resolves to `{ url, setupLink, metrics, engine, command, stop }` once the server says where it listens. `settings` are further
 * environment variables, `options` further words for `parlour serve`; `command` runs another command of the program beside
 * the server and resolves to what it prints.
 */
export async function startParlour(settings = {}, options = []) {
  const folder = await mkdtemp(join(tmpdir(), 'parlour-browser-'));
  const database = await newDatabase();
  const surroundings = {
    cwd: folder, // so that no parlour.toml is found
    env: {
      PATH: process.env.PATH,
      PARLOUR_LISTEN: '127.0.0.1:0',
      PARLOUR_DATA_DIR: join(folder, 'data'),
      ...database.settings,
      ...settings,
    },
  };
  const server = spawn(BINARY, ['serve', ...options], { ...surroundings, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => server.once('close', resolve));

  const command = async (...words) => (await run(BINARY, words, surroundings)).stdout;

  async function stop() {
    server.kill('SIGTERM');
    await ended;
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    const { url, setupLink, metrics } = await banner(server, ended);
    return { url, setupLink, metrics, engine: database.engine, command, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the server prints when it is ready. */
function banner(server, ended) {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why) => reject(new Error(`${why}\n${output}`));
    const timer = setTimeout(() => fail(`not listening after ${START_SECONDS} s`), START_SECONDS * 1000);
    const read = (chunk) => {
      output += chunk;
      const url = /listening on (http:\/\/\S+)/i.exec(output)?.[1];
      const setupLink = /https?:\/\/\S+\/admin\/setup#token=[\w.~-]+/.exec(output)?.[0];
      // The last line of what it says about itself: those before it are there.
      if (!url || !setupLink || !/^ {2}Data /m.test(output)) return;
      const metrics = /^ {2}Metrics +(\S+)/m.exec(output)?.[1];
      clearTimeout(timer);
      resolve({ url: url.replace(/\/$/, ''), setupLink, metrics });
    };
    server.stdout.setEncoding('utf8').on('data', read);
    server.stderr.setEncoding('utf8').on('data', read);
    server.once('error', (error) => fail(error.message));
    ended.then((status) => {
      clearTimeout(timer);
      fail(`the server ended with status ${status}`);
    });
  });
}

async function newDatabase() {
  const { TEST_DATABASE_URL: admin, TEST_REDIS_URL: redis } = process.env;
  if (!admin) return { engine: 'sqlite', settings: {}, drop: async () => {} };
  const name = `browser_${randomBytes(6).toString('hex')}`;
  const url = new URL(admin);
  url.pathname = `/${name}`;
  const query = (sql) => run('psql', ['--no-psqlrc', '--quiet', '--dbname', admin, '--command', sql]);
  await query(`CREATE DATABASE ${name}`);
  return {
    engine: 'postgres',
    settings: { PARLOUR_DATABASE_URL: url.href, ...(redis && { PARLOUR_REDIS_URL: redis }) },
    drop: () => query(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}
