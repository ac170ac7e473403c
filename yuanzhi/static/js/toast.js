// A short sentence at the bottom of the screen. From the server: HX-Trigger {"toast": {"text": "已办结", "url": "", "action": ""}}.
const box = document.getElementById('toasts');

export function toast(text, { keep = false, url = '', action = '' } = {}) {
  if (!box || !text) return;
  const item = document.createElement('div');
  item.className = 'toast';
  item.append(document.createElement('span'));
  item.firstChild.textContent = text;
  if (url) {
    const link = document.createElement('a');
    link.href = url;
    link.textContent = action || '去看看';
    item.append(link);
  }
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '知道了';
  close.addEventListener('click', () => remove(item));
  if (keep) item.append(close);
  raise();
  box.append(item);
  while (box.children.length > 3) box.firstChild.remove();
  if (!keep) setTimeout(() => remove(item), url ? 9000 : 5000);
}

// Shown anew each time, to lie above a dialog opened since.
function raise() {
  if (!box.showPopover) return;
  if (box.matches(':popover-open')) box.hidePopover();
  box.showPopover();
}

function remove(item) {
  item.remove();
  if (!box.children.length && box.hidePopover && box.matches(':popover-open')) box.hidePopover();
}

document.addEventListener('toast', (event) => {
  const detail = event.detail ?? {};
  toast(detail.text ?? detail.value, detail);
});
