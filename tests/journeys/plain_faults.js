// What a page gets wrong that can be read off it: language, headings, slanted type, small targets and type.
(finger) => {
  const lines = [], root = document.documentElement;
  if (root.lang !== 'zh-Hans') lines.push(`lang is ${root.lang}`);
  const heads = [...document.querySelectorAll('h1')].filter((e) => e.checkVisibility());
  if (heads.length !== 1) lines.push(`${heads.length} h1: ${heads.map((e) => e.textContent.trim())}`);
  if (!document.title.trim() || document.title.trim() === '园治') lines.push(`title is “${document.title}”`);
  const brief = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') ?? ''}"> ${e.textContent.trim().slice(0, 16)}`;
  for (const e of document.body.querySelectorAll('*')) {
    if (getComputedStyle(e).fontStyle !== 'normal') { lines.push(`slanted: ${brief(e)}`); break; }
  }
  const fields = 'input:not([type="checkbox"], [type="radio"], [type="hidden"], [type="file"]), select, textarea';
  if (!finger) return lines;
  for (const e of document.querySelectorAll(fields)) {
    if (e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 16) lines.push(`type below 16 px: ${e.name}`);
  }
  return lines.concat(smallTargets());

  // A target reaches as far as a finger's touch still gets to it: overlays of ::after and labels included.
  function smallTargets() {
    const found = [], wanted = 44;
    const all = document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type="hidden"]), [role="option"]');
    for (const e of all) {
      if (!e.checkVisibility({ visibilityProperty: true }) || e.closest('dialog:not([open])') || e.matches('.skip')) continue;
      if (inSentence(e) || e.ownerSVGElement) continue; // what a drawing leads to stands in the list beside it
      e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const box = [...e.getClientRects()].sort((a, b) => b.width - a.width)[0];
      if (!box) continue;
      const x = box.left + box.width / 2, y = box.top + box.height / 2;
      const mine = (px, py) => {
        const hit = document.elementFromPoint(px, py);
        return hit && (hit === e || e.contains(hit) || hit.closest('label')?.control === e);
      };
      if (!mine(x, y)) continue; // below something else: another target's business
      const reach = (dx, dy) => { let n = 0; while (n < wanted && mine(x + dx * (n + 1), y + dy * (n + 1))) n += 1; return n; };
      const tall = reach(0, -1) + reach(0, 1) + 1, wide = reach(-1, 0) + reach(1, 0) + 1;
      if (tall < wanted - 1 || wide < wanted - 1) found.push(`target ${wide} × ${tall}: ${brief(e)}`);
    }
    scrollTo(0, 0);
    return found;
  }

  // Links within running text are as high as its lines (WCAG 2.5.8 leaves them out).
  function inSentence(e) {
    if (e.tagName !== 'A' || getComputedStyle(e).display !== 'inline') return false;
    const around = e.closest('p, li, dd, td, th, label, h1, h2, h3, small, span, div');
    return around.textContent.replace(/\s/g, '').length > e.textContent.replace(/\s/g, '').length + 2;
  }
}
