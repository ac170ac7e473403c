// A form is sent once: a second press while the first is on its way does nothing, and the hidden `once`
// token ({% once %}) lets the server recognise what got through twice anyway.
const busy = new WeakSet();

function release(form) {
  busy.delete(form);
  for (const button of form.querySelectorAll('[aria-busy="true"]')) {
    button.removeAttribute('aria-busy');
    button.removeAttribute('aria-disabled');
  }
}

function hold(form, submitter) {
  busy.add(form);
  // aria-disabled, not disabled: a disabled button's own name and value would not be sent.
  submitter?.setAttribute('aria-busy', 'true');
  submitter?.setAttribute('aria-disabled', 'true');
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post' || form.target === '_blank' || 'many' in form.dataset) return;
  if (busy.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  hold(form, event.submitter);
  // A download answers without leaving the page.
  if ('download' in form.dataset) setTimeout(release, 3000, form);
});

// The same for forms sent by htmx, which would otherwise queue the second press. A form that only asks
// something on the way (who is like the one being typed) isn't sent yet: it may be pressed meanwhile.
const posted = ({ detail }) => ((detail.verb ?? detail.requestConfig?.verb) === 'post' && detail.elt instanceof HTMLFormElement ? detail.elt : null);
document.addEventListener('htmx:confirm', (event) => {
  if (busy.has(posted(event))) event.preventDefault();
});
document.addEventListener('htmx:beforeRequest', (event) => {
  const form = posted(event);
  if (form) hold(form, event.detail.requestConfig.triggeringEvent?.submitter);
});
document.addEventListener('htmx:afterRequest', (event) => {
  const form = posted(event);
  if (form) release(form);
});

// Back from the page that followed: the browser may show this one as it was left.
addEventListener('pageshow', (event) => {
  if (event.persisted) document.querySelectorAll('form').forEach(release);
});
