// Search as you type: the command palette (Ctrl K) and every enterprise picker share this.
// Asks 120 ms after the last key, never while an input method is composing; only the newest answer is shown.
const WAIT = 120;
let serial = 0;

class Combobox {
  constructor(input, list, { url, pick }) {
    Object.assign(this, { input, list, url, pick, timer: 0, asked: null, answered: null });
    input.addEventListener('input', (event) => { if (!event.isComposing) this.later(); });
    input.addEventListener('compositionend', () => this.later());
    input.addEventListener('keydown', (event) => this.key(event));
    list.addEventListener('mousedown', (event) => event.preventDefault()); // the input keeps the focus
    list.addEventListener('mousemove', (event) => {
      const option = event.target.closest('[role="option"]');
      if (option && option !== this.active) this.select(option, false);
    });
    list.addEventListener('click', (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.take(option, event);
    });
  }

  get options() { return [...this.list.querySelectorAll('[role="option"]:not([aria-disabled])')]; }
  get active() { return this.list.querySelector('[aria-selected="true"]'); }

  later(wait = WAIT) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), wait);
  }

  async search() {
    const q = this.input.value.trim();
    if (q === this.asked) return;
    this.asked = q;
    const mine = ++serial;
    this.serial = mine;
    this.abort?.abort();
    this.abort = new AbortController();
    this.list.classList.add('busy');
    const url = new URL(this.url, location.href);
    url.searchParams.set('q', q);
    try {
      // Fetched here rather than by htmx, so that a late answer to an early question can be dropped.
      const answer = await fetch(url, { headers: { 'HX-Request': 'true', Accept: 'text/html' }, signal: this.abort.signal });
      if (this.serial !== mine) return;
      if (answer.redirected || answer.status === 401) return location.reload(); // signed out meanwhile
      if (!answer.ok) throw new Error(String(answer.status));
      this.show(await answer.text(), mine);
    } catch {
      if (this.serial !== mine) return;
      this.asked = null;
      this.show('<div class="option-none" role="option" aria-disabled="true">没连上，等一下再打一个字试试。</div>', mine);
    }
  }

  show(html, mine) {
    if (this.serial !== mine) return;
    this.list.innerHTML = html;
    this.list.classList.remove('busy');
    window.htmx?.process(this.list);
    this.answered = this.asked;
    this.list.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
    this.options.forEach((option, at) => { option.id = `${this.list.id}-${at}`; });
    if (this.options[0] && this.input.value.trim()) this.select(this.options[0]);
    else this.input.removeAttribute('aria-activedescendant');
    this.list.dispatchEvent(new CustomEvent('answered', { bubbles: true, detail: this.answered }));
  }

  select(option, scroll = true) {
    this.active?.setAttribute('aria-selected', 'false');
    option.setAttribute('aria-selected', 'true');
    this.input.setAttribute('aria-activedescendant', option.id);
    if (scroll) option.scrollIntoView({ block: 'nearest' });
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return; // Enter and arrows belong to the input method
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const all = this.options;
      if (!all.length) return this.later(0);
      const at = all.indexOf(this.active);
      this.select(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
    } else if (event.key === 'Enter') {
      if (this.list.hidden) return;
      event.preventDefault();
      // Enter before the answer to the last letter: wait for it, then take its first row.
      if (this.input.value.trim() !== this.answered) {
        this.later(0);
        this.list.addEventListener('answered', () => this.active && this.take(this.active, event), { once: true });
      } else if (this.active) this.take(this.active, event);
    }
  }

  take(option, event) {
    if (option.getAttribute('aria-disabled')) return;
    this.pick(option, event);
  }

  close() {
    clearTimeout(this.timer);
    this.serial = ++serial;
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  forget() {
    this.asked = this.answered = null;
    this.list.innerHTML = '';
  }
}

const palette = document.getElementById('palette');
if (palette) {
  const input = palette.querySelector('input');
  const list = palette.querySelector('.palette-list');
  const box = new Combobox(input, list, {
    url: palette.dataset.paletteUrl,
    pick(option, event) {
      if (event.type === 'click') {
        if (event.target.closest('a[href]')) return palette.close(); // the link does it
      }
      if (event.ctrlKey || event.metaKey) window.open(option.href);
      else location.assign(option.href);
      palette.close();
    },
  });
  palette.addEventListener('opened', () => {
    input.value = '';
    box.forget();
    box.later(0);
  });
  palette.addEventListener('close', () => { box.serial = ++serial; });
}

// Pickers are made when first focused, so those that come with a fragment work as well.
document.addEventListener('focusin', (event) => {
  const root = event.target.closest?.('[data-picker]');
  if (!root || root.combobox || event.target.getAttribute('role') !== 'combobox') return;
  const input = event.target;
  const chosen = root.querySelector('[data-chosen]');
  const box = new Combobox(input, root.querySelector('[role="listbox"]'), {
    url: input.dataset.url,
    pick(option, happened) {
      happened.preventDefault?.();
      input.value = option.dataset.label;
      chosen.value = option.dataset.id ?? '';
      root.dataset.picked = '';
      box.asked = box.answered = input.value.trim();
      box.close();
      chosen.dispatchEvent(new Event('change', { bubbles: true }));
      root.dispatchEvent(new CustomEvent('picked', { bubbles: true, detail: { ...option.dataset } }));
    },
  });
  root.combobox = box;
  input.addEventListener('input', () => { chosen.value = ''; delete root.dataset.picked; });
  input.addEventListener('blur', () => box.close());
  input.addEventListener('keydown', (key) => {
    if (key.key !== 'Escape' || box.list.hidden) return;
    key.preventDefault(); // closes the list, not the dialog around it
    key.stopPropagation();
    box.close();
  });
});
