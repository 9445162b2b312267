// What the page modules share: showing words that the page already holds (README.md, "Two conventions"), reading what is shown.
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

// The text of elements as a reader meets it: plain, and really on the page.
export const shown = (selector, root) => all(selector, root).map(el => {
  if (el.childElementCount || !el.getClientRects().length) throw new Error('text');
  return el.textContent.trim();
});
export function shownPact(root) {
  const [[title], [preamble], clause, [closing]] =
    ['title', 'preamble', 'clause', 'closing'].map(part => shown(`[data-pact-${part}]`, root));
  return { title, preamble, clause, closing };
}

// Runs `act` when the form is submitted, then submits it as an ordinary POST. An error's message names the state to show.
export function onSubmit(form, act) {
  const buttons = on => all('button', form).forEach(b => { b.disabled = !on; });
  const ready = () => { state(form, 'ready'); buttons(true); };
  form.addEventListener('submit', async event => {
    event.preventDefault();
    state(form, 'working');
    buttons(false);
    try {
      for (const [name, value] of Object.entries(await act(event.submitter))) form.elements[name].value = value;
      HTMLFormElement.prototype.submit.call(form);
    } catch (e) {
      buttons(true);
      state(form, one(`[data-state~="${CSS.escape(e.message)}"]`, form) ? e.message : 'failed');
    }
  });
  addEventListener('pageshow', e => e.persisted && ready());
  ready();
}
