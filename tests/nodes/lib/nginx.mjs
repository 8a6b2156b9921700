// Debian's nginx before two nodes, with deploy/nginx/many-nodes.conf as it is but for ports, addresses and certificate.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from './program.mjs';

const DEPLOY = new URL('../../../deploy/nginx/', import.meta.url);
const root = process.getuid() === 0;

/** `nodes` are two; `ports` are `{ http, https }`. Resolves to nothing if one of those is taken. */
export async function startNginx({ nodes, ports, certificate, key }) {
  const folder = await mkdtemp(join(tmpdir(), 'parlour-nginx-'));
  // Workers that are nobody pass through it.
  await chmod(folder, 0o711);
  const file = (name) => join(folder, name);

  async function place(name, change = (text) => text) {
    const text = await readFile(new URL(name, DEPLOY), 'utf8');
    const here = text
      .replaceAll('/etc/ssl/parlour/fullchain.pem', certificate)
      .replaceAll('/etc/ssl/parlour/privkey.pem', key)
      .replaceAll('/etc/nginx/parlour-proxy.conf', file('parlour-proxy.conf'))
      .replaceAll(/^ *listen \[::\].*\n/gm, '')
      .replaceAll(/\blisten (80|443)\b/g, (_, port) => `listen 127.0.0.1:${port === '80' ? ports.http : ports.https}`)
      .replaceAll(/10\.0\.0\.1([12]):8080/g, (_, number) => nodes[number - 1].address);
    await writeFile(file(name), change(here));
  }

  await place('parlour-proxy.conf');
  await place('many-nodes.conf');
  await writeFile(
    file('main'),
    `pid ${file('pid')};
    error_log ${file('log')};
    daemon off;
    ${root ? 'user nobody nogroup;' : ''}
    worker_processes 2;
    events { worker_connections 1024; }
    http {
      access_log off;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${file(one)};`).join('\n')}
      include ${file('many-nodes.conf')};
    }`,
  );
  const server = new Program({
    name: 'nginx',
    words: ['nginx', '-c', file('main'), '-e', file('log')],
    options: { env: { PATH: `${process.env.PATH}:/usr/sbin` } },
    answers: () => listens(ports.https),
  });

  async function stop() {
    await server.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }

  if (await server.start()) {
    return {
      ports,
      stop,
      log: () => readFile(file('log'), 'utf8'),
      /** As an operator does who takes some nodes out before he stops them: the others take what comes from now on. */
      async takeOut(...out) {
        const marked = (text) =>
          out.reduce((now, node) => now.replace(`server ${node.address} `, `server ${node.address} down `), text);
        await place('many-nodes.conf', marked);
        server.signal('SIGHUP');
      },
    };
  }
  const log = await readFile(file('log'), 'utf8').catch(() => '');
  await rm(folder, { recursive: true, force: true });
  if (/in use/i.test(log)) return undefined;
  throw new Error(`nginx does not start:\n${server.output.join('\n')}${log}`);
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
