// Asks before a destructive act: `data-confirm="question"` on a form's button or a link, or hx-confirm.
// Without JavaScript the form goes without `confirmed`, and the server asks on a page of its own (confirm.html).
import { open } from './dialogs.js';

const dialog = document.getElementById('ask');

// Resolves to whether the person said yes.
export function ask(question, yes = '确定') {
  if (!dialog) return Promise.resolve(confirm(question));
  dialog.querySelector('.ask-text').textContent = question;
  dialog.querySelector('[data-yes]').textContent = yes;
  dialog.returnValue = '';
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
    open(dialog);
  });
}

document.addEventListener('submit', async (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (!question || event.target.elements.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target: form, submitter } = event;
  if (!(await ask(question, submitter?.dataset.yes))) return;
  const mark = Object.assign(document.createElement('input'), { type: 'hidden', name: 'confirmed', value: '1' });
  form.append(mark);
  form.requestSubmit(submitter);
  mark.remove(); // collected with the submission; a second attempt asks again
}, true);

document.addEventListener('click', async (event) => {
  const link = event.target.closest?.('a[data-confirm]');
  if (!link) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(link.dataset.confirm, link.dataset.yes)) location.assign(link.href);
}, true);

document.addEventListener('htmx:confirm', (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question, event.detail.elt.dataset.yes).then((yes) => yes && event.detail.issueRequest(true));
});
