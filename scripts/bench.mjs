// `make bench`: what one node does with the main job, measured by a client on the same machine, so that the two share
// its cores. TEST_DATABASE_URL and TEST_REDIS_URL (scripts/with-engines.sh) choose the other engine.
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { startParlour } from '../tests/browser/lib/server.mjs';

const ORIGIN = 'https://blog.example';
const COMMENTS = 60;
const SECONDS = 5;
const CONNECTIONS = 16;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const settings = Object.fromEntries(
  ['READ', 'POST', 'ADMIN'].map((door) => [`PARLOUR_LIMIT_${door}`, '1000000/1']),
);
const server = await startParlour({ ...settings, PARLOUR_LOG_LEVEL: 'error' });
try {
  const { key } = await setUp();
  const door = `/v1/sites/${key}`;
  const thread = `${door}/thread?id=bench`;
  const post = () => send('POST', `${door}/comments`, { 'Idempotency-Key': randomUUID() }, comment());

  process.stdout.write(`${COMMENTS} comments to read, ${CONNECTIONS} connections, ${SECONDS} s each, `);
  console.log(`${server.engine}, ${cpus().length} cores shared with the client\n`);
  for (let count = 0; count < COMMENTS; count += 1) expect(201, await post());
  const first = await send('GET', thread);
  expect(200, first);
  console.log(`a thread's first page is ${first.bytes.toLocaleString('en')} bytes of JSON, uncompressed\n`);

  console.log('                         per second    median       99%');
  await measure('thread_read, 200', 200, () => send('GET', thread));
  await measure('thread_read, 304', 304, () => send('GET', thread, { 'If-None-Match': first.headers.etag }));
  await measure('comment_post, durable', 201, post);
} finally {
  agent.destroy();
  await server.stop();
}

async function setUp() {
  const token = new URL(server.setupLink).hash.replace('#token=', '');
  const owner = { token, email: 'bench@example.org', name: 'Bench', password: randomUUID() };
  const session = parse(201, await send('POST', '/v1/admin/setup', { Origin: server.url }, owner));
  const credentials = { Authorization: `Bearer ${session.access_token}`, Origin: server.url };
  const tenant = parse(201, await send('POST', '/v1/admin/tenants', credentials, { name: 'Bench' }));
  const site = { name: 'Bench', origins: [ORIGIN], settings: { moderation: 'none' } };
  return parse(201, await send('POST', `/v1/admin/tenants/${tenant.id}/sites`, credentials, site));
}

function comment() {
  const text = 'A comment of ordinary length, with *some* Markdown in it.\n\n> and a quote\n\nand a closing line.';
  return { thread: { id: 'bench' }, text, author: { name: 'A reader' } };
}

/** Keeps every connection busy for SECONDS and prints what came of it. */
async function measure(name, status, act) {
  const times = [];
  const end = performance.now() + SECONDS * 1000;
  const worker = async () => {
    while (performance.now() < end) {
      const from = performance.now();
      expect(status, await act());
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  times.sort((one, other) => one - other);
  const at = (share) => `${times[Math.floor(share * (times.length - 1))].toFixed(1)} ms`;
  const rate = Math.round(times.length / SECONDS).toLocaleString('en');
  console.log(`${name.padEnd(24)}${rate.padStart(11)}${at(0.5).padStart(10)}${at(0.99).padStart(10)}`);
}

function send(method, path, headers = {}, body = undefined) {
  const payload = body && JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const options = {
      method,
      agent,
      headers: {
        Origin: ORIGIN,
        ...(payload && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }),
        ...headers,
      },
    };
    const outgoing = request(new URL(path, server.url), options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      const { statusCode: status, headers } = response;
      response.on('end', () => resolve({ status, headers, text, bytes: Buffer.byteLength(text) }));
    });
    outgoing.on('error', reject).end(payload);
  });
}

function expect(status, answer) {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
}

function parse(status, answer) {
  expect(status, answer);
  return JSON.parse(answer.text);
}
