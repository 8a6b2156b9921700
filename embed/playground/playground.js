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
document.body.classList.toggle('far', wishes.has('far'));
document.documentElement.classList.toggle('hostile', wishes.has('hostile'));
document.documentElement.dir = wishes.has('rtl') ? 'rtl' : 'ltr';

const main = document.querySelector('main');
const thread = document.createElement('parlour-comments');
const deeds = {
  dark: () => thread.setAttribute('theme', thread.getAttribute('theme') === 'dark' ? 'light' : 'dark'),
  move: () => main.append(document.createElement('hr'), thread),
  remove: () => thread.remove(),
  add: () => main.append(thread),
};
document.addEventListener('click', ({ target }) => deeds[target.dataset.do]?.());

if (wishes.get('site')) {
  for (const [attribute, wish] of [
    ['thread-id', 'thread'],
    ['lang', 'lang'],
    ['theme', 'theme'],
    ['sort', 'sort'],
  ]) {
    if (wishes.get(wish)) thread.setAttribute(attribute, wishes.get(wish));
  }
  thread.setAttribute('url', location.origin + location.pathname);
  if (wishes.has('recent')) main.append(document.createElement('parlour-recent'));
  main.append(thread);

  if (wishes.has('module')) {
    for (const element of main.children) {
      element.setAttribute('site', wishes.get('site'));
      element.setAttribute('host', wishes.get('host'));
    }
    import('../dist/embed/parlour.js');
  } else {
    const script = document.createElement('script');
    script.src = '../dist/embed.js';
    script.dataset.site = wishes.get('site');
    script.dataset.host = wishes.get('host');
    document.head.append(script);
  }
}

const events = 'loaded posted edited deleted restored voted reacted reported news error';
for (const name of events.split(' ')) {
  addEventListener(`parlour:${name}`, ({ type, detail }) => {
    document.querySelector('output').append(`${type} ${JSON.stringify(detail)}\n`);
  });
}
