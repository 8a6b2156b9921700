/** Following by mail: what the form of a comment offers once an address is typed, and a form for those who do not write. */

import type { Failure } from '../client';
import type { More } from './more';
import { ready } from './ready';

/** Adds to a form what its author can be told by mail. */
export async function wishes(more: More): Promise<void> {
  const { desk, from: place, wish, email } = more;
  const { el, words } = await ready(more);
  if (place.firstChild) return;
  const { settings } = desk.talk.page;
  const follow = el('select', { part: 'input' });
  for (const [value, text] of [
    ['', words.mailNothing],
    ['replies', words.mailReplies],
    ['thread', words.mailThread],
  ]) {
    follow.append(new Option(text, value));
  }
  const held = el('input', { type: 'checkbox' });
  const parts = [el('label', { class: 'field' }, words.mailMe, follow)];
  if (settings.moderation !== 'none') parts.push(el('label', { class: 'box' }, held, words.mailPublished));
  place.append(...parts);
  const show = () => (place.hidden = !email.value.trim());
  email.addEventListener('input', show);
  show();
  wish.read = () => {
    if (place.hidden || !(follow.value || held.checked)) return undefined;
    return {
      follow: follow.value || undefined,
      tell_when_published: held.checked || undefined,
      language: desk.talk.speech.locale,
    };
  };
}

/** A form with nothing but an address, below the button that was pressed. */
export async function follow(more: More): Promise<void> {
  const { desk, from } = more;
  const { el, set, button, words } = await ready(more);
  const known = from.parentElement!.querySelector('.follow');
  set(from, { 'aria-expanded': `${!known}` });
  if (known) return known.remove();
  const email = el('input', { part: 'input', type: 'email', inputmode: 'email', autocomplete: 'email' });
  email.value = desk.store.author()?.email ?? '';
  const problem = el('p', { part: 'error', role: 'alert' });
  const send = el('button', { part: 'button primary' }, words.follow);
  const close = () => {
    form.remove();
    set(from, { 'aria-expanded': 'false' });
    from.focus();
  };
  const form = el(
    'form',
    { part: 'composer', class: 'composer open follow' },
    el('p', { class: 'quiet' }, words.followHint),
    el('label', { class: 'field' }, words.email, el('span', { class: 'quiet' }, ` · ${words.emailHint}`), email),
    problem,
    el('div', { class: 'actions' }, send, button(words.cancel, 'plain', close)),
  );
  form.noValidate = true;
  const complain = (text: string) => {
    problem.textContent = text;
    set(email, { 'aria-invalid': text ? 'true' : false });
  };
  email.oninput = () => complain('');
  form.onkeydown = ({ key }) => {
    if (key === 'Escape') close();
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    complain('');
    if (!email.value.trim() || !email.checkValidity()) {
      complain(email.value.trim() ? words.emailInvalid : words.emailRequired);
      return email.focus();
    }
    try {
      const { id, url } = desk.name as { id?: string; url?: string };
      const body = { thread: { id, url }, email: email.value.trim(), language: desk.talk.speech.locale };
      await desk.ask('POST', 'subscriptions', body);
      form.replaceChildren(el('p', { class: 'quiet', role: 'status' }, words.followAsked));
      desk.say(words.followAsked);
      from.focus();
    } catch (failure) {
      await desk.blame(problem, failure as Failure);
    }
  };
  from.after(form);
  email.focus();
}
