// Debian's Apache, nginx and Caddy, each started with the files of deploy/ as they are but for ports, certificate and the site's key.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { until } from '../../browser/lib/until.mjs';

const run = promisify(execFile);
const DEPLOY = new URL('../../../deploy/', import.meta.url);

/** The hosts that the files of deploy/ speak of. */
export const HOSTS = ['comments.example', 'isso.example', 'blog.example'];

/** The files, and who includes them: a host of its own, or the blog's. */
const OF_THEIR_OWN = ['own-host', 'isso-host'];
const OF_THE_BLOG = ['on-blog', 'isso-on-blog'];

const root = process.getuid() === 0;

/**
 * How each is started. `main` writes its main configuration around the files, `words` says how to run it in the foreground.
 */
const PROXIES = {
  Apache: {
    name: 'apache',
    ending: 'conf',
    main: ({ folder, http, https, certificate, key, blog, own, ofBlog }) => {
      const modules = 'mpm_event authz_core authz_host ssl http2 proxy proxy_http headers rewrite socache_shmcb'.split(' ');
      return `
        ServerRoot ${folder}
        DefaultRuntimeDir ${folder}
        PidFile ${folder}/pid
        ErrorLog ${folder}/log
        ServerName localhost
        ${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
        ${root ? 'User nobody\nGroup nogroup' : ''}
        Listen 127.0.0.1:${http}
        Listen 127.0.0.1:${https}
        ${own.map((file) => `Include ${file}`).join('\n')}
        <VirtualHost *:${https}>
          ServerName blog.example
          Protocols h2 http/1.1
          SSLEngine On
          SSLCertificateFile ${certificate}
          SSLCertificateKeyFile ${key}
          ${ofBlog.map((file) => `Include ${file}`).join('\n')}
          ProxyPass / ${blog}/
        </VirtualHost>`;
    },
    words: (folder) => ['apache2', '-D', 'FOREGROUND', '-f', join(folder, 'main')],
  },
  nginx: {
    name: 'nginx',
    ending: 'conf',
    main: ({ folder, https, certificate, key, blog, own, ofBlog }) => `
      pid ${folder}/pid;
      error_log ${folder}/log;
      daemon off;
      ${root ? 'user nobody nogroup;' : ''}
      worker_processes 1;
      events { worker_connections 256; }
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${folder}/${one};`).join('\n')}
        ${own.map((file) => `include ${file};`).join('\n')}
        server {
          listen 127.0.0.1:${https} ssl http2;
          server_name blog.example;
          ssl_certificate ${certificate};
          ssl_certificate_key ${key};
          ${ofBlog.map((file) => `include ${file};`).join('\n')}
          location / { proxy_pass ${blog}; }
        }
      }`,
    words: (folder) => ['nginx', '-c', join(folder, 'main'), '-e', join(folder, 'log')],
  },
  Caddy: {
    name: 'caddy',
    ending: 'caddy',
    main: ({ folder, http, https, certificate, key, blog, own, ofBlog }) => `
      {
        admin off
        http_port ${http}
        https_port ${https}
        default_bind 127.0.0.1
        auto_https disable_certs
        storage file_system ${folder}/storage
        grace_period 1s
      }
      ${own.map((file) => `import ${file}`).join('\n')}
      blog.example {
        tls ${certificate} ${key}
        ${ofBlog.map((file) => `import ${file}`).join('\n')}
        handle {
          reverse_proxy ${blog}
        }
      }`,
    words: (folder) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'main')],
  },
};

export const NAMES = Object.keys(PROXIES);

/** Below the range that the system gives to outgoing connections. */
export function randomPort() {
  return 20_000 + Math.floor(Math.random() * 12_000);
}

/** Resolves to `{ folder, certificate, key, remove }`: one that nobody signed, for all hosts. */
export async function selfSigned() {
  const folder = await mkdtemp(join(tmpdir(), 'parlour-certificate-'));
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const names = HOSTS.map((host) => `DNS:${host}`).join(',');
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'],
    ...['-subj', '/CN=parlour test', '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', certificate],
  ]);
  return { certificate, key, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Starts one of them on `ports` (`{ http, https }`) before Parlour and the blog, both addresses without a slash at the end. Resolves to
 * `{ stop }`, or to nothing if a port is taken.
 */
export async function startProxy(which, { ports, parlour, blog, siteKey, certificate, key }) {
  const { name, ending, main, words } = PROXIES[which];
  const folder = await mkdtemp(join(tmpdir(), `parlour-${name}-`));
  // Workers that are nobody pass through it.
  await chmod(folder, 0o711);

  async function place(file) {
    const text = await readFile(new URL(`${name}/${file}`, DEPLOY), 'utf8');
    const to = join(folder, file);
    await writeFile(to, here(text));
    return to;
  }

  function here(text) {
    return text
      .replaceAll('127.0.0.1:8080', new URL(parlour).host)
      .replaceAll('SITE_KEY', siteKey)
      .replaceAll('/etc/ssl/parlour/fullchain.pem', certificate)
      .replaceAll('/etc/ssl/parlour/privkey.pem', key)
      .replaceAll('/etc/nginx/parlour-proxy.conf', join(folder, 'parlour-proxy.conf'))
      .replaceAll(/^ *listen \[::\].*\n/gm, '')
      .replaceAll(/\blisten (80|443)\b/g, (_, port) => `listen 127.0.0.1:${port === '80' ? ports.http : ports.https}`)
      .replaceAll(/\*:(80|443)>/g, (_, port) => `*:${port === '80' ? ports.http : ports.https}>`)
      .replaceAll(/^([a-z]+\.example) \{$/gm, `$1 {\n\ttls ${certificate} ${key}`);
  }

  const files = (names) => Promise.all(names.map((one) => place(`${one}.${ending}`)));
  const [own, ofBlog] = [await files(OF_THEIR_OWN), await files(OF_THE_BLOG)];
  if (name === 'nginx') await place('parlour-proxy.conf');
  await writeFile(join(folder, 'main'), main({ folder, ...ports, certificate, key, blog, own, ofBlog }));

  const [command, ...options] = words(folder);
  const env = { PATH: `${process.env.PATH}:/usr/sbin`, HOME: folder };
  const server = spawn(command, options, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  let ended = false;
  const closed = once(server, 'close').then(() => (ended = true));

  async function stop() {
    if (!ended) server.kill('SIGTERM');
    await closed;
    await rm(folder, { recursive: true, force: true });
  }

  // Where a port is taken, it ends.
  const ca = await readFile(certificate);
  await until(`${which} listens`, async () => ended || (await answers(ports.https, ca)));
  if (!ended) return { stop };
  const log = await readFile(join(folder, 'log'), 'utf8').catch(() => '');
  await stop();
  if (/in use/i.test(output + log)) return undefined;
  throw new Error(`${which} does not start:\n${output}${log}`);
}

/** Whether a server with this certificate listens there, and not somebody else. */
function answers(port, ca) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'blog.example' });
    socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('secureConnect', () => socket.destroy());
  });
}
