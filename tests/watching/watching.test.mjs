// What deploy/ has for Prometheus and Grafana, beside Debian's Prometheus: rules as it reads them, a node as it scrapes it, and every
// question of the dashboard asked.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startParlour } from '../browser/lib/server.mjs';

const RULES = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url));
const DASHBOARD = fileURLToPath(new URL('../../deploy/grafana/parlour.json', import.meta.url));

/** Seconds for what happens by itself, and only ever waited for when it does not. */
const PATIENCE = 30;

/** Runs promtool and resolves to what it says, or fails with it. */
function promtool(words, input = '') {
  return new Promise((resolve, reject) => {
    const child = execFile('promtool', words, { cwd: RULES }, (error, stdout, stderr) =>
      error ? reject(new Error(`promtool ${words.join(' ')}\n${stdout}${stderr}`)) : resolve(stdout + stderr),
    );
    child.stdin.end(input);
  });
}

/** Asks again and again, until there is an answer that is not empty. */
async function until(what, ask) {
  for (const end = Date.now() + PATIENCE * 1000; Date.now() < end; await pause(100)) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`not within ${PATIENCE} s: ${what}`);
}

const dashboard = JSON.parse(await readFile(DASHBOARD, 'utf8'));

/** All questions of the dashboard, as Grafana asks them. */
const questions = dashboard.panels.flatMap((panel) =>
  (panel.targets ?? []).map(({ expr }) => ({
    panel: panel.title,
    expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'parlour').replaceAll('$instance', '.*'),
  })),
);

describe('rules', () => {
  it('are read', async () => {
    assert.match(await promtool(['check', 'rules', 'alerts.yml']), /SUCCESS: \d+ rules found/);
    assert.match(await promtool(['check', 'config', 'prometheus.yml']), /SUCCESS/);
  });

  it('alert when they should, and not when they should not', async () => {
    assert.match(await promtool(['test', 'rules', 'alerts_test.yml']), /SUCCESS/);
  });
});

describe('the dashboard', () => {
  it('has rows, panels that do not overlap, and nothing but what Grafana brings', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    for (const row of ['Traffic', 'Latency', 'Cache', 'Database', 'Redis', 'Jobs', 'Streams', 'Moderation', 'Process']) {
      assert.ok(rows.includes(row), row);
    }
    const places = new Set();
    for (const { id, type, title, gridPos, datasource, targets } of dashboard.panels) {
      assert.ok(['row', 'stat', 'timeseries'].includes(type), type);
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(!places.has(`${x} ${y}`), `${title} lies on another panel`);
          places.add(`${x} ${y}`);
        }
      }
      if (type === 'row') continue;
      for (const source of [datasource, ...targets.map((target) => target.datasource)]) {
        assert.deepEqual(source, { type: 'prometheus', uid: '${datasource}' }, title);
      }
      assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
      assert.ok(Number.isInteger(id));
    }
    const ids = dashboard.panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      dashboard.templating.list.map(({ name }) => name),
      ['datasource', 'job', 'instance'],
    );
    assert.equal(dashboard.id, null);
  });
});

describe('a node that Prometheus scrapes', () => {
  let node;
  let folder;
  let prometheus;
  let base;

  before(async () => {
    node = await startParlour({ PARLOUR_METRICS_LISTEN: '127.0.0.1:0' }, ['--demo']);
    folder = await mkdtemp(join(tmpdir(), 'parlour-prometheus-'));
    const config = await readFile(join(RULES, 'prometheus.yml'), 'utf8');
    const target = new URL(node.metrics).host;
    const ours = config.replaceAll('127.0.0.1:9464', target).replaceAll('interval: 15s', 'interval: 1s');
    assert.ok(ours.includes(target) && ours.includes('scrape_interval: 1s'));
    await writeFile(join(folder, 'prometheus.yml'), ours);
    await writeFile(join(folder, 'alerts.yml'), await readFile(join(RULES, 'alerts.yml')));
    const words = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', '--web.listen-address=127.0.0.1:0'];
    prometheus = spawn('prometheus', words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    prometheus.stderr.setEncoding('utf8').on('data', (chunk) => (log += chunk));
    base = await until('Prometheus listens', () => {
      const address = /msg="?Listening on"? address=(\S+)/.exec(log)?.[1];
      return address && `http://${address}`;
    });
  });

  after(async () => {
    if (prometheus) {
      const ended = new Promise((resolve) => prometheus.once('close', resolve));
      prometheus.kill('SIGTERM');
      await ended;
    }
    await node?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** What Prometheus answers to a question: `{ status, data, error }`. */
  const ask = async (expr) => (await fetch(`${base}/api/v1/query?${new URLSearchParams({ query: expr })}`)).json();

  it('serves what promtool finds no fault with', async () => {
    await fetch(`${node.url}/readyz`);
    const answer = await fetch(node.metrics);
    assert.equal(answer.status, 200);
    assert.equal(await promtool(['check', 'metrics'], await answer.text()), '');
  });

  it('is up, and its numbers are those that it has', async () => {
    for (let visit = 0; visit < 5; visit++) await fetch(`${node.url}/docs`);
    const seen = await until('a scrape after the visits', async () => {
      const { data } = await ask('sum(parlour_http_requests_total{operation="docs"})');
      return data?.result?.[0]?.value?.[1] === '5' && data.result[0];
    });
    assert.ok(seen);
    assert.equal((await ask('up{job="parlour"}')).data.result[0].value[1], '1');
    assert.equal((await ask('parlour_build_info')).data.result[0].metric.job, 'parlour');
  });

  it('gives no alert', async () => {
    await until('the rules are looked at', async () => {
      const { data } = await (await fetch(`${base}/api/v1/rules`)).json();
      const rules = data.groups.flatMap((group) => group.rules);
      return rules.length > 15 && rules.every(({ health }) => health === 'ok');
    });
    const { data } = await (await fetch(`${base}/api/v1/alerts`)).json();
    assert.deepEqual(data.alerts.filter(({ state }) => state === 'firing'), []);
  });

  it('answers every question of the dashboard', async () => {
    assert.ok(questions.length > 50);
    for (const { panel, expr } of questions) {
      const { status, error } = await ask(expr);
      assert.equal(status, 'success', `${panel}: ${error}: ${expr}`);
    }
    // Of what is there from the beginning, the answer is not empty.
    for (const title of ['Nodes', 'Databases reached', 'Jobs that wait', 'Memory', 'Open files', 'Builds']) {
      const [first] = questions.filter(({ panel }) => panel === title);
      assert.ok((await ask(first.expr)).data.result.length > 0, title);
    }
  });
});
