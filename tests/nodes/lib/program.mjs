// A program that a test starts, stops, kills and starts again, on a port that it keeps.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../../browser/lib/until.mjs';

/** Lines of its output that are kept, to be shown when something fails. */
const LINES = 200;

/** Below the range that the system gives to outgoing connections. */
export function randomPort() {
  return 20_000 + Math.floor(Math.random() * 12_000);
}

export class Program {
  #child;
  #ended;

  /** `words` is the command with its arguments; `answers` resolves to whether it is there. */
  constructor({ name, words, options = {}, answers }) {
    Object.assign(this, { name, words, options, answers });
    this.output = [];
  }

  get isRunning() {
    return this.#child !== undefined;
  }

  /** Resolves to whether it runs and answers; it does not if it ended before. */
  async start() {
    const [command, ...rest] = this.words;
    const child = spawn(command, rest, { ...this.options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.output.push(...text.split('\n').filter(Boolean));
        this.output.splice(0, this.output.length - LINES);
      });
    }
    child.once('error', (error) => this.output.push(String(error)));
    this.#ended = once(child, 'close').then(([status, signal]) => {
      if (this.#child === child) this.#child = undefined;
      return status ?? signal;
    });
    await until(`${this.name} answers`, async () => !this.isRunning || (await this.answers(this)));
    return this.isRunning;
  }

  /** Starts it again where it was. One that was killed may have left something that goes by itself. */
  async again() {
    await until(`${this.name} starts again`, () => this.start());
  }

  /** Sends a signal; resolves, once it has ended, to its status or the signal that ended it. */
  async end(signal) {
    this.signal(signal);
    return this.#ended;
  }

  signal(signal) {
    this.#child?.kill(signal);
  }

  kill() {
    return this.end('SIGKILL');
  }
}

/** Starts what `make(port)` makes on a port that nobody has. */
export async function onFreePort(make) {
  let program;
  for (let attempt = 0; attempt < 8; attempt += 1) {
    program = make(randomPort());
    if (await program.start()) return program;
  }
  throw new Error(`${program.name} does not start:\n${program.output.join('\n')}`);
}
