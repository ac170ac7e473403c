// Quick capture: Ctrl Enter saves. A picker that was filled takes the place of what was recognised.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.('form[data-quick]');
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector('[data-save]'));
});

// A reply is put where the cursor stands, or fills the empty box; without JavaScript the link brings the page with it.
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-reply]');
  const box = link && document.getElementById(link.dataset.into);
  if (!box) return;
  event.preventDefault();
  const tracking = document.querySelector('[data-tracking], input[aria-label="跟踪链接"]')?.value;
  const text = tracking ? link.dataset.reply.replaceAll('{链接}', tracking) : link.dataset.reply;
  const before = box.value.slice(0, box.selectionStart);
  box.setRangeText(before && !before.endsWith('\n') ? `\n${text}` : text, box.selectionStart, box.selectionEnd, 'end');
  link.closest('details')?.removeAttribute('open');
  box.focus();
});
