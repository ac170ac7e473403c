// A page's fragment beside the list: <a href="/cases/7" data-drawer>. The address becomes the link's, so a
// reload or a shared link shows the full page, and Back closes the drawer.
// The server answers `HX-Target: drawer-body` with header.drawer-head, .drawer-main, footer.drawer-foot.
import { open } from './dialogs.js';

const drawer = document.getElementById('drawer');
const body = document.getElementById('drawer-body');
let pushed = false;

// Brings the fragment; a failure is said by the shell, and here there is a way to try again.
async function bring(href) {
  try {
    await window.htmx.ajax('GET', href, { target: body, swap: 'innerHTML' });
  } catch {
    if (!drawer.open || body.querySelector('.drawer-head')) return;
    body.innerHTML = '<header class="drawer-head"><h2>没能打开</h2></header><div class="drawer-main"><p><a class="button primary" data-drawer>再试一次</a></p></div>';
    body.querySelector('a').href = href;
    addClose();
  }
}

async function show(href, opener) {
  body.innerHTML = '<div class="skeleton" role="status" aria-label="正在取数据"><i></i><i></i><i></i><i></i></div>';
  open(drawer, opener);
  if (!pushed) history.pushState({ drawer: href }, '', href);
  pushed = true;
  await bring(href);
}

if (drawer && window.htmx) {
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-drawer]');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (drawer.open) { // from within: another thing in the same drawer
      history.replaceState({ drawer: link.href }, '', link.href);
      bring(link.href);
    } else show(link.href, link);
  });

  // The heading names the dialog once it is there.
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target !== body) return;
    const heading = body.querySelector('h2');
    if (heading) drawer.setAttribute('aria-label', heading.textContent.trim());
    if (!body.querySelector('[data-close], .drawer-close') && body.querySelector('.drawer-head')) addClose();
  });

  // What is no fragment (signed out, refused, a page of its own) is shown whole.
  document.addEventListener('htmx:beforeSwap', (event) => {
    if (event.detail.target !== body || !/^\s*<!doctype html/i.test(event.detail.xhr.responseText)) return;
    event.detail.shouldSwap = false;
    pushed = false;
    location.assign(event.detail.xhr.responseURL || event.detail.pathInfo.requestPath);
  });

  drawer.addEventListener('close', () => {
    body.innerHTML = '';
    if (pushed) {
      pushed = false;
      history.back();
    }
  });

  addEventListener('popstate', () => {
    if (!drawer.open || !pushed) return;
    pushed = false;
    drawer.close();
  });

  document.addEventListener('drawer:close', () => drawer.close());
}

function addClose() {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button quiet square drawer-close';
  button.dataset.close = '';
  button.setAttribute('aria-label', '关闭');
  button.innerHTML = '<svg class="icon" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M18 6 6 18M6 6l12 12"/></svg>';
  body.querySelector('.drawer-head').append(button);
}
