// The built embed.js beside this folder, shown with the settings in this page's address, talking to a running server.
// Every event that the element sends is written below it.
const wishes = new URLSearchParams(location.search);
const form = document.forms[0];
for (const field of form.elements) {
  if (field.type === 'checkbox') field.checked = wishes.has(field.name);
  else if (field.name) field.value = wishes.get(field.name) ?? '';
}
form.elements.host.value ||= 'http://127.0.0.1:8080/';

document.body.classList.toggle('night', wishes.has('night'));
document.documentElement.classList.toggle('hostile', wishes.has('hostile'));
document.documentElement.dir = wishes.has('rtl') ? 'rtl' : 'ltr';

if (wishes.get('site')) {
  const thread = document.createElement('parlour-comments');
  for (const [attribute, wish] of [['thread-id', 'thread'], ['lang', 'lang'], ['theme', 'theme'], ['sort', 'sort']]) {
    if (wishes.get(wish)) thread.setAttribute(attribute, wishes.get(wish));
  }
  thread.setAttribute('url', location.origin + location.pathname);
  document.querySelector('main').append(thread);

  const script = document.createElement('script');
  script.src = '../dist/embed.js';
  script.dataset.site = wishes.get('site');
  script.dataset.host = wishes.get('host');
  document.head.append(script);
}

for (const name of ['loaded', 'posted', 'error']) {
  addEventListener(`parlour:${name}`, ({ type, detail }) => {
    document.querySelector('output').append(`${type} ${JSON.stringify(detail)}\n`);
  });
}
