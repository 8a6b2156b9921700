// A PostgreSQL and a Redis of their own, which can be stopped, killed and started again.
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onFreePort, Program } from './program.mjs';

const run = promisify(execFile);

/** Debian keeps the server's programs out of PATH, one folder a version. */
const VERSIONS = '/usr/lib/postgresql';

function path() {
  let newest = [];
  try {
    newest = readdirSync(VERSIONS).sort((one, two) => Number(two) - Number(one)).slice(0, 1);
  } catch {
    // Elsewhere they are in PATH.
  }
  return [...newest.map((version) => join(VERSIONS, version, 'bin')), process.env.PATH].join(':');
}

/** PostgreSQL refuses to run as root. */
function asUser() {
  if (process.getuid() !== 0) return [];
  const id = (...words) => execFileSync('id', words, { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
  let user = 'postgres';
  try {
    id('-u', user);
  } catch {
    user = 'nobody';
  }
  return ['setpriv', '--reuid', user, '--regid', id('-g', user), '--clear-groups'];
}

async function folderFor(name) {
  const folder = await mkdtemp(join(tmpdir(), `parlour-${name}-`));
  const [, , user, , group] = asUser();
  await chmod(folder, 0o711);
  await mkdir(join(folder, 'run'));
  if (user) await run('chown', [`${user}:${group}`, folder, join(folder, 'run')]);
  return folder;
}

export async function startPostgres() {
  const folder = await folderFor('postgres');
  const env = { ...process.env, PATH: path() };
  const data = join(folder, 'data');
  const [program, ...rest] = [...asUser(), 'initdb', '-D', data, '--username=parlour', '--encoding=UTF8', '--locale=C.UTF-8', '--auth=trust'];
  await run(program, rest, { env, cwd: folder });
  const server = await onFreePort((port) => {
    const words = [...asUser(), 'postgres', '-D', data, '-p', String(port), '-k', join(folder, 'run')];
    const settings = ['listen_addresses=127.0.0.1', 'max_connections=100', 'log_min_messages=fatal'];
    const isThere = () =>
      run('psql', ['-XqAt', '-h', join(folder, 'run'), '-p', String(port), '-U', 'parlour', '-d', 'postgres', '-c', 'SELECT 1'], { env })
        .then(() => true)
        .catch(() => false);
    return Object.assign(
      new Program({
        name: 'PostgreSQL',
        // fsync stays on: what is tested is what runs.
        words: [...words, ...settings.flatMap((setting) => ['-c', setting])],
        options: { cwd: folder, env },
        answers: isThere,
      }),
      { port },
    );
  });

  /** Rows of a statement, each a list of texts. */
  async function query(sql, database = 'parlour') {
    const at = ['-h', join(folder, 'run'), '-p', String(server.port), '-U', 'parlour', '-d', database];
    const { stdout } = await run('psql', ['-XqAt', '-F', '\t', '-v', 'ON_ERROR_STOP=1', ...at, '-c', sql], { env, maxBuffer: 1 << 26 });
    return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
  }

  await query('CREATE DATABASE parlour', 'postgres');
  return {
    url: `postgres://parlour@127.0.0.1:${server.port}/parlour`,
    query,
    server,
    /** "Fast": it does not wait for clients to leave. */
    down: () => server.end('SIGINT'),
    kill: () => server.kill(),
    up: () => server.again(),
    async stop() {
      await server.end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startRedis() {
  const folder = await folderFor('redis');
  const socket = join(folder, 'run', 'socket');
  // Asked by its socket file: on the port another Redis could answer.
  const isThere = () =>
    run('redis-cli', ['-s', socket, 'ping'])
      .then(({ stdout }) => stdout.includes('PONG'))
      .catch(() => false);
  const server = await onFreePort((port) => {
    const words = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--unixsocket', socket, '--dir', folder];
    const options = { cwd: folder };
    return Object.assign(
      new Program({ name: 'Redis', words: [...words, '--save', '', '--appendonly', 'no'], options, answers: isThere }),
      { port },
    );
  });
  return {
    url: `redis://127.0.0.1:${server.port}/`,
    down: () => server.end('SIGTERM'),
    kill: () => server.kill(),
    up: () => server.again(),
    async stop() {
      await server.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
