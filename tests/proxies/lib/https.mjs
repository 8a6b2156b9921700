// Requests over TLS to hosts that are on this machine, from a network of the test's choice.
import { readFile } from 'node:fs/promises';
import { request as begin } from 'node:http';
import { connect as http2 } from 'node:http2';
import { request as beginSecurely } from 'node:https';

/** Everybody who asks through a proxy. `ports` are the proxy's. */
export class Client {
  #ports;
  #certificate;

  static async trusting(certificate, ports) {
    const client = new this();
    client.#ports = ports;
    client.#certificate = await readFile(certificate);
    return client;
  }

  /** Begins a request to an address such as `https://comments.example/x`; `from` is the address that it comes from. */
  begin(address, { method = 'GET', headers = {}, from = '127.0.2.1' } = {}) {
    const { protocol, hostname, pathname, search } = new URL(address);
    const secure = protocol === 'https:';
    const port = secure ? this.#ports.https : this.#ports.http;
    return (secure ? beginSecurely : begin)({
      host: '127.0.0.1',
      port,
      servername: hostname,
      path: pathname + search,
      method,
      headers: { Host: `${hostname}:${port}`, ...headers },
      ca: this.#certificate,
      localAddress: from,
      agent: false,
    });
  }

  /** Resolves to `{ status, headers, text, json }`; `headers` has a list for each name, of the values as they came. */
  send(address, { body, ...options } = {}) {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const sent = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const request = this.begin(address, { ...options, headers: { ...sent, ...options.headers } });
      request.once('error', reject).once('response', (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece)).once('error', reject);
        response.once('end', () => {
          const content = Buffer.concat(pieces);
          const answer = { status: response.statusCode, headers: response.headersDistinct, content, text: content.toString() };
          Object.defineProperty(answer, 'json', { get: () => JSON.parse(answer.text) });
          resolve(answer);
        });
      });
      request.end(text);
    });
  }

  /** Resolves to the events of a stream as they arrive: `{ headers, next, close }`; `next` resolves to the next that has data. */
  listen(address, options) {
    return new Promise((resolve, reject) => {
      const request = this.begin(address, { ...options, headers: { Accept: 'text/event-stream', ...options?.headers } });
      request.once('error', reject).once('response', (response) => {
        const [events, waiting] = [[], []];
        let rest = '';
        response.setEncoding('utf8').on('data', (text) => {
          const parts = (rest + text).split('\n\n');
          rest = parts.pop();
          for (const event of parts.filter((part) => /^data:/m.test(part))) {
            const taker = waiting.shift();
            if (taker) taker(event);
            else events.push(event);
          }
        });
        response.once('error', () => {});
        const next = () => (events.length ? events.shift() : new Promise((take) => waiting.push(take)));
        resolve({ status: response.statusCode, headers: response.headersDistinct, next, close: () => response.destroy() });
      });
      request.end();
    });
  }

  /** The status of an address over HTTP/2, and a failure if the server does not speak it. */
  async statusByHttp2(address) {
    const { hostname, pathname } = new URL(address);
    const session = http2(`https://${hostname}:${this.#ports.https}`, {
      ca: this.#certificate,
      servername: hostname,
      host: '127.0.0.1',
      lookup: (_, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)),
    });
    try {
      return await new Promise((resolve, reject) => {
        session.once('error', reject);
        const stream = session.request({ ':path': pathname });
        stream.once('error', reject).once('response', (headers) => resolve(headers[':status']));
        stream.resume().end();
      });
    } finally {
      session.close();
    }
  }
}
