// Light or dark at once; the server keeps it in a cookie. Without JavaScript the same button posts the form.
const root = document.documentElement;
const scheme = document.querySelector('meta[name="color-scheme"]');

function shown() {
  const chosen = root.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function announce() {
  const other = shown() === 'dark' ? 'light' : 'dark';
  for (const button of document.querySelectorAll('[data-theme-switch]')) {
    button.value = other;
    button.setAttribute('aria-label', other === 'dark' ? '换成深色' : '换成浅色');
  }
}

document.addEventListener('submit', async (event) => {
  if (!event.submitter?.matches('[data-theme-switch]')) return;
  event.preventDefault();
  const body = new FormData(event.target, event.submitter);
  root.dataset.theme = body.get('theme');
  if (scheme) scheme.content = root.dataset.theme;
  announce();
  document.dispatchEvent(new CustomEvent('theme', { detail: root.dataset.theme })); // charts and maps redraw
  await fetch(event.target.action, { method: 'POST', body, headers: { Accept: 'text/plain' }, redirect: 'manual' });
});

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', announce);
announce();
