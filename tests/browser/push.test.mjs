// A moderator's browser tells of comments with the admin UI closed. The push service is one of this machine: the browser's own is
// somewhere in the world. Only the call that asks it for an address is answered by the test; the rest is the real thing.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { chapters } from './lib/chapters.mjs';
import { assertFineEverywhere } from './lib/everywhere.mjs';
import { Moderator } from './lib/moderator.mjs';
import { OWNER } from './lib/owner.mjs';
import { startPushService } from './lib/push-service.mjs';
import { stage } from './lib/stage.mjs';

describe('told by a browser', () => {
  const on = stage({
    PARLOUR_OUTGOING_PORTS: '',
    PARLOUR_OUTGOING_PRIVATE: '127.0.0.0/8',
    PARLOUR_PUSH_SERVICES: '127.0.0.1',
  });
  const { chapter, broken } = chapters();
  let service, walt, worker;

  before(async () => {
    service = await startPushService();
    walt = await Moderator.arrive(on.browser);
    await walt.context.grantPermissions(['notifications'], { origin: on.parlour.url });
    await walt.context.addInitScript(answerSubscriptions, service.subscription);
    await walt.signsIn(on.parlour.url, OWNER);
  });

  after(async () => {
    if (broken()) await walt?.shot('failed-push').catch(() => undefined);
    await walt?.context.close();
    await service?.stop();
  });

  const card = () => walt.page.locator('.mantine-Card-root').filter({ hasText: 'Told by this browser' });
  const notices = () =>
    walt.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration('/admin/');
      const shown = await registration.getNotifications();
      return shown.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }));
    });

  chapter('it is asked for itself, and tried', async () => {
    await walt.page.goto(`${on.parlour.url}/admin/account`);
    await walt.sees(card().getByRole('button', { name: 'Tell me in this browser' }));
    await assertFineEverywhere(walt, 'push-offer');
    const starting = walt.context.waitForEvent('serviceworker');
    await walt.press('Tell me in this browser');
    worker = await starting;
    assert.equal(worker.url(), `${on.parlour.url}/admin/push.js`);
    await walt.sees(card().getByRole('button', { name: 'Send a test' }));
    await assertFineEverywhere(walt, 'push-on');
    await walt.press('Send a test');
    const { headers, message } = await service.message(1);
    assert.equal(headers['content-encoding'], 'aes128gcm');
    assert.match(headers.authorization, /^vapid t=[\w-]+\.[\w-]+\.[\w-]+, k=[\w-]{87}$/);
    assert.equal(message.title, 'It works');
  });

  chapter('what waits is shown, and leads to it', async () => {
    const site = await on.site({ moderation: 'all' });
    const page = on.publish(site);
    await site.post(page, 'Does the valve need a heater of its own?', { name: 'Grace' });
    const { message } = await service.message(2);
    assert.match(message.title, /: a comment waits$/);
    assert.equal(message.body, 'Grace: Does the valve need a heater of its own?');
    // As the browser would hand it over.
    await worker.evaluate((text) => {
      self.dispatchEvent(new PushEvent('push', { data: text }));
    }, JSON.stringify(message));
    const deadline = Date.now() + 30_000;
    let shown = [];
    while (shown.length === 0 && Date.now() < deadline) shown = await notices();
    assert.deepEqual(shown, [{ title: message.title, body: message.body, tag: site.id, url: message.url }]);
    await worker.evaluate(async () => {
      const [notification] = await registration.getNotifications();
      // Without somebody's click no window may be focused or opened; where it would lead is told by what is asked for.
      self.asked = [];
      clients.openWindow = async (url) => void self.asked.push(url);
      clients.matchAll = async () => [];
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    });
    assert.deepEqual(await worker.evaluate(() => self.asked), [message.url]);
    await walt.page.goto(message.url);
    await walt.sees(walt.page.getByText('Does the valve need a heater of its own?').first());
  });

  chapter('it is told nothing more', async () => {
    await walt.page.goto(`${on.parlour.url}/admin/account`);
    await walt.press('Tell this browser nothing more');
    await walt.sees(card().getByRole('button', { name: 'Tell me in this browser' }));
    await walt.page.reload();
    await walt.sees(card().getByRole('button', { name: 'Tell me in this browser' }));
    // Nor is it one of the account's others.
    await walt.seesNo(walt.page.getByRole('heading', { name: 'Other browsers' }));
    walt.assertCalm();
  });

  chapter('a browser that may show nothing says so, and what to do', async () => {
    const other = await Moderator.arrive(on.browser);
    await other.context.addInitScript(() => {
      Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
    });
    await other.signsIn(on.parlour.url, OWNER);
    await other.page.goto(`${on.parlour.url}/admin/account`);
    await other.sees(other.page.getByText('This browser was told to show nothing'));
    await other.context.close();
  });
});

/** In the page: has the push service of this machine answer, in place of the one that the browser's maker runs. */
function answerSubscriptions(subscription) {
  const made = {
    endpoint: subscription.endpoint,
    toJSON: () => subscription,
    unsubscribe: async () => {
      sessionStorage.removeItem('listens');
      return true;
    },
  };
  PushManager.prototype.getSubscription = async () => (sessionStorage.getItem('listens') ? made : null);
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly || !/^[\w-]{87}$/.test(applicationServerKey)) throw new TypeError('not what a browser takes');
    sessionStorage.setItem('listens', 'yes');
    return made;
  };
}
