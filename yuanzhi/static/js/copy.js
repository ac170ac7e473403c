// A button with data-copy="#field" puts the field's value on the clipboard; without one it selects it, to copy by hand.
import { toast } from './toast.js';

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  const field = button && document.querySelector(button.dataset.copy);
  if (!field) return;
  try {
    await navigator.clipboard.writeText(field.value);
    toast('复制好了');
  } catch {
    field.focus();
    field.select();
    toast('已选中，请按 Ctrl C 复制');
  }
});
