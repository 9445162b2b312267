// Buttons that print the page or copy a text; hidden where there is no JavaScript. Contract: README.md.
import { all } from './page.js';

for (const button of all('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
for (const button of all('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    button.dataset.now = 'copied';
  });
}
