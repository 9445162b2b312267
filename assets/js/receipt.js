// The confirmation page: says whether the receipt carries the key that this browser made. Contract: README.md.
import { one, state } from './page.js';

const root = one('[data-receipt-key]');
let made = null;
try {
  sessionStorage.removeItem('ikrar:sign');
  made = localStorage.getItem('ikrar:' + root.dataset.receiptLabel);
} catch { /* no storage */ }
state(root, !made ? 'unknown' : made.split(' ').includes(root.dataset.receiptKey) ? 'own' : 'other');
