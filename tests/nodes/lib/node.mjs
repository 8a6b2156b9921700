// A node of Parlour: the release binary, which keeps its address from one start to the next.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onFreePort, Program } from './program.mjs';

/** Another one may be named, such as an optimised one. */
export const BINARY = process.env.PARLOUR_BINARY ?? fileURLToPath(new URL('../../../target/release/parlour', import.meta.url));

/** Resolves to `{ status, json }` of a GET, or to nothing where nobody answers. */
export function look(url) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.once('end', () => resolve({ status: response.statusCode, text })).once('error', () => resolve(undefined));
    });
    request.once('error', () => resolve(undefined)).once('timeout', () => request.destroy());
  });
}

/** A folder and an environment for the commands of a test. */
export async function makeHome(settings) {
  const folder = await mkdtemp(join(tmpdir(), 'parlour-node-'));
  // In the folder, so that no parlour.toml is found.
  const options = { cwd: folder, env: { PATH: process.env.PATH, PARLOUR_DATA_DIR: join(folder, 'data'), ...settings } };
  return { folder, options, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs a command of the binary to its end; resolves to what it prints. */
export function command(home, words, { binary = BINARY, input = '' } = {}) {
  return new Promise((resolve, reject) => {
    const child = execFile(binary, words, home.options, (error, stdout, stderr) =>
      error ? reject(new Error(`${words.join(' ')}: ${stderr}${stdout}`)) : resolve(stdout),
    );
    child.stdin.end(input);
  });
}

export class Node {
  #home;
  #settings;
  #program;

  /** Starts one with these settings, in a home that others may share. */
  static async start(home, { name, settings = {}, binary = BINARY, words = ['serve'] }) {
    const node = new this();
    node.name = name;
    node.#home = home;
    node.#settings = settings;
    node.#program = await onFreePort((port) => {
      node.port = port;
      return node.#make(binary, words);
    });
    return node;
  }

  #make(binary, words = ['serve']) {
    const { cwd, env } = this.#home.options;
    const options = { cwd, env: { ...env, PARLOUR_LISTEN: this.address, PARLOUR_LOG_FORMAT: 'json', ...this.#settings } };
    // A worker listens nowhere, and says in its log that it works.
    const isThere = async ({ output }) =>
      words[0] === 'serve' ? (await look(`${this.url}/healthz`))?.status === 200 : output.some((line) => line.includes('working on jobs'));
    return new Program({ name: this.name, words: [binary, ...words], options, answers: isThere });
  }

  get address() {
    return `127.0.0.1:${this.port}`;
  }

  get url() {
    return `http://${this.address}`;
  }

  get output() {
    return this.#program.output;
  }

  get isRunning() {
    return this.#program.isRunning;
  }

  kill() {
    return this.#program.kill();
  }

  /** Resolves to its status once it has ended. */
  stop(signal = 'SIGTERM') {
    return this.#program.end(signal);
  }

  signal(signal) {
    this.#program.signal(signal);
  }

  async again({ binary, settings } = {}) {
    if (settings) this.#settings = settings;
    if (binary || settings) this.#program = this.#make(binary ?? BINARY);
    await this.#program.again();
  }

  /** Resolves to the status of `/readyz`, or to nothing. */
  async readiness() {
    return (await look(`${this.url}/readyz`))?.status;
  }

  async isReady() {
    return (await this.readiness()) === 200;
  }
}
