// Everybody who asks: through nginx over TLS, or a node by itself, on connections that are kept as browsers and proxies keep them.
import { readFile } from 'node:fs/promises';
import { Agent, request as begin } from 'node:http';
import { Agent as SecureAgent, request as beginSecurely } from 'node:https';

export const HOST = 'comments.example';

/** Milliseconds after which a request that nobody answers has failed. */
const PATIENCE = 30_000;

export class Client {
  #ports;
  #certificate;
  #agent = new Agent({ keepAlive: true });
  #secureAgent = new SecureAgent({ keepAlive: true });

  static async trusting(certificate, ports) {
    const client = new this();
    client.#certificate = await readFile(certificate);
    client.#ports = ports;
    return client;
  }

  /** Begins a request. `at` is a node, or nothing for nginx; `from` is a number, one for each network that readers come from. */
  #begin(path, { at, method = 'GET', headers = {}, from = 1, agent } = {}) {
    const network = `127.1.${from % 250}.1`;
    if (at) {
      return begin({
        host: '127.0.0.1',
        port: at.port,
        path,
        method,
        // What nginx would say.
        headers: { Host: HOST, 'X-Forwarded-For': network, ...headers },
        agent: agent ?? this.#agent,
        timeout: PATIENCE,
      });
    }
    return beginSecurely({
      host: '127.0.0.1',
      port: this.#ports.https,
      servername: HOST,
      path,
      method,
      headers: { Host: `${HOST}:${this.#ports.https}`, ...headers },
      ca: this.#certificate,
      localAddress: network,
      agent: agent ?? this.#secureAgent,
      timeout: PATIENCE,
    });
  }

  /** Resolves to `{ status, headers, text, json, ms }`; fails where no answer came, or not all of it. */
  ask(path, { body, ...options } = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const request = this.#begin(path, { ...options, headers: { ...sent, ...options.headers } });
      request.once('timeout', () => request.destroy(new Error('no answer in time')));
      // A connection that was kept may be closed by the other side at the moment at which it is used again, as by nginx when it reads its
      // files anew. Browsers then send the request once more.
      const sendAgain = () => this.ask(path, { body, ...options }).then(resolve, reject);
      request.once('error', (error) => (request.reusedSocket && error.code === 'ECONNRESET' ? sendAgain() : reject(error)));
      request.once('response', (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece)).once('error', reject);
        response.once('end', () => {
          const content = Buffer.concat(pieces).toString();
          const answer = { status: response.statusCode, headers: response.headers, text: content, ms: performance.now() - started };
          Object.defineProperty(answer, 'json', { get: () => JSON.parse(content) });
          resolve(answer);
        });
      });
      request.end(text);
    });
  }

  /** Listens as an open page does. Resolves to a stream of events. */
  listen(path, options = {}) {
    return new Promise((resolve, reject) => {
      // One connection each.
      const agent = options.at ? new Agent() : new SecureAgent();
      const headers = { Accept: 'text/event-stream', ...options.headers };
      const request = this.#begin(path, { ...options, headers, agent });
      request.setTimeout(0);
      request.once('error', reject).once('response', (response) => {
        response.setEncoding('utf8');
        if (response.statusCode === 200) return resolve(new Stream(response));
        response.resume();
        reject(Object.assign(new Error(`the stream was refused: ${response.statusCode}`), { status: response.statusCode }));
      });
      request.end();
    });
  }
}

/** What comes on an open stream; `at` of each event is the moment at which it came. */
class Stream {
  events = [];
  #response;
  #waiting = new Set();

  constructor(response) {
    this.#response = response;
    let rest = '';
    response.on('data', (text) => {
      const at = performance.now();
      const parts = (rest + text).split('\n\n');
      rest = parts.pop();
      for (const part of parts.filter((one) => /^data:/m.test(one))) this.events.push({ at, text: part });
      this.#tell();
    });
    this.ended = new Promise((resolve) => {
      response.once('close', () => resolve(response.complete));
      response.once('error', () => {});
    });
  }

  #tell() {
    for (const look of this.#waiting) look();
  }

  /** Resolves to the event that has these words, and to nothing if there is none in time. */
  heard(words, patience = PATIENCE) {
    return new Promise((resolve) => {
      const finish = (event) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(event);
      };
      const look = () => {
        const event = this.events.find(({ text }) => text.includes(words));
        if (event) finish(event);
      };
      const timer = setTimeout(finish, patience);
      this.#waiting.add(look);
      look();
    });
  }

  close() {
    this.#response.destroy();
  }
}
