// Shows words that the page already holds (README.md, "Two conventions").
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const one = (selector, root = document) => root.querySelector(selector);
const has = (list, word) => list.split(' ').includes(word);

export function state(root, name) {
  root.dataset.now = name;
  for (const el of all('[data-state]', root)) {
    el.hidden = !has(el.dataset.state, name);
    if (!el.hidden && el.getAttribute('role') === 'alert') el.focus();
  }
}

export function fill(el, value) {
  if (!el) return;
  const words = all('[data-is]', el);
  for (const word of words) word.hidden = !has(word.dataset.is, value);
  if (!words.length) el.textContent = value;
  el.dataset.now = value;
  el.hidden = false;
}

export const time = (seconds, timeZone) => new Intl.DateTimeFormat(document.documentElement.lang || 'id',
  { dateStyle: 'long', timeStyle: 'long', timeZone }).format(new Date(Number(seconds) * 1000));
