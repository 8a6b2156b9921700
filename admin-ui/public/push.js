// Shows what the server tells this browser with the admin UI closed. It keeps nothing and answers no requests.
addEventListener('install', () => skipWaiting());

addEventListener('push', (event) => {
  const { title, body, url, tag, lang } = event.data.json();
  const options = { body, tag, lang, renotify: true, icon: '/admin/favicon.svg', data: { url } };
  event.waitUntil(registration.showNotification(title, options));
});

addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.url));
});

/** In a window that is open, if there is one. */
async function show(url) {
  const windows = await clients.matchAll({ type: 'window' });
  const window = windows.find((one) => new URL(one.url).pathname.startsWith('/admin/'));
  if (!window) return clients.openWindow(url);
  await window.focus();
  return window.navigate(url);
}
