// The shell of every page. Each module listens on the document, so pieces swapped in by htmx need no set-up.
import './ask.js';
import './combobox.js';
import './dialogs.js';
import './drawer.js';
import './theme.js'; // before guard: the switch may be pressed again and again
import './guard.js';
import { toast } from './toast.js';

// On the phone the navigation scrolls sideways: bring the current page's item into view.
const rail = document.querySelector('.rail');
const current = rail?.querySelector('[aria-current]');
if (current && rail.scrollWidth > rail.clientWidth) rail.scrollLeft = current.offsetLeft - 60;

// One tip open at a time; a click elsewhere or Esc closes it.
document.addEventListener('click', (event) => {
  for (const tip of document.querySelectorAll('details.tip[open]')) {
    if (!tip.contains(event.target)) tip.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const tip = document.querySelector('details.tip[open]');
  if (!tip) return;
  tip.open = false;
  tip.querySelector('summary').focus();
  event.preventDefault();
});

// What htmx could not bring is said, in words; nothing typed is lost because nothing was swapped.
document.addEventListener('htmx:sendError', () => toast('网络断了，没有送到。连上以后再点一次。', { keep: true }));
document.addEventListener('htmx:responseError', (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) return location.reload();
  toast(
    status === 403 ? '这件事你的账号办不了。' :
    status === 404 ? '这一条已经不在了，刷新看看。' :
    status === 429 ? '点得太快了，歇一会儿再试。' :
    '没有办成，填的内容还在。过一会儿再试，仍不行请告诉管理员。',
    { keep: true },
  );
});

document.documentElement.dataset.ready = 'shell';
