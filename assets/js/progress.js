// Follows a long task by polling its JSON address. Contract: README.md.
import { all, one, state } from './page.js';

for (const root of all('[data-progress-url]')) {
  const bar = one('progress', root), text = one('[data-progress-text]', root);
  const poll = async () => {
    try {
      const { done, total, state: now, next } = await (await fetch(root.dataset.progressUrl, { cache: 'no-store' })).json();
      Object.assign(bar, { max: total || 1, value: done });
      if (text) text.textContent = `${done} / ${total}`;
      state(root, now);
      if (now === 'running') setTimeout(poll, 1000);
      else if (/^\/[^/\\]/.test(next)) location.assign(next);
    } catch { setTimeout(poll, 5000); } // the network may come back
  };
  poll();
}
