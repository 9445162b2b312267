// Forms that sign: reading what the page shows, and submitting as an ordinary POST once something is signed.
import { all, one, state } from './page.js';

// The text of elements as a reader meets it: plain, and really on the page.
export const shown = (selector, root) => all(selector, root).map(el => {
  if (el.childElementCount || !el.getClientRects().length) throw new Error('text');
  return el.textContent.trim();
});
// At most one such element: a second could say something else.
export function shownOnce(selector, root) {
  const texts = shown(selector, root);
  if (texts.length > 1) throw new Error('text');
  return texts[0];
}
export function shownPact(root) {
  const [title, preamble, closing] = ['title', 'preamble', 'closing'].map(part => shownOnce(`[data-pact-${part}]`, root));
  return { title, preamble, clause: shown('[data-pact-clause]', root), closing };
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
      for (const [name, value] of Object.entries(await act(event.submitter)))
        [value].flat().forEach((text, i) => { all(`input[name="${name}"]`, form)[i].value = text; });
      HTMLFormElement.prototype.submit.call(form);
    } catch (e) {
      buttons(true);
      state(form, one(`[data-state~="${CSS.escape(e.message)}"]`, form) ? e.message : 'failed');
    }
  });
  addEventListener('pageshow', e => e.persisted && ready());
  ready();
}
