// Native dialogs: `data-open="#id"` on a link (whose href does the same without JavaScript) or a button;
// `data-keys="k"` gives it Ctrl K / ⌘ K. Focus returns to the opener; a click on the veil closes.
const openers = new WeakMap();

export function open(dialog, opener = document.activeElement) {
  if (dialog.open) return;
  openers.set(dialog, opener);
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent('opened', { bubbles: true }));
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest?.('[data-open]');
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    const dialog = document.querySelector(opener.dataset.open);
    if (!dialog) return;
    event.preventDefault();
    // Out of a menu: it closes, and focus will return to what opened it.
    const menu = opener.closest('details.act-menu');
    if (menu) menu.open = false;
    open(dialog, menu ? menu.querySelector('summary') : opener);
    return;
  }
  if (event.target.closest?.('[data-close]')) {
    event.target.closest('dialog')?.close();
    event.preventDefault();
  }
});

// The veil is the dialog itself, outside of its box. Both the press and the release must be there, so that
// selecting text and letting go outside does not close.
let pressed = null;
const onVeil = (event) => {
  if (!(event.target instanceof HTMLDialogElement)) return null;
  const box = event.target.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  return inside ? null : event.target;
};
document.addEventListener('pointerdown', (event) => { pressed = onVeil(event); });
document.addEventListener('click', (event) => {
  const dialog = onVeil(event);
  if (dialog && dialog === pressed) dialog.close();
});

document.addEventListener('close', (event) => {
  const opener = openers.get(event.target);
  openers.delete(event.target);
  if (opener?.isConnected) opener.focus();
}, true);

document.addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
  const opener = document.querySelector(`[data-keys="${CSS.escape(event.key.toLowerCase())}"]`);
  const dialog = opener && document.querySelector(opener.dataset.open);
  if (!dialog) return;
  event.preventDefault();
  const busy = document.querySelector('dialog:modal');
  if (!busy) open(dialog, document.activeElement === document.body ? opener : document.activeElement);
});

// A menu closes on Esc and on a click outside of it.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.act-menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && document.querySelector('details.act-menu[open]');
  if (!menu || document.querySelector('dialog:modal:not(:has(details.act-menu[open]))')) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector('summary').focus();
});
