// What sticks out to the right of the window, and Chinese squeezed to a column of single characters.
() => {
  const wide = document.documentElement.clientWidth, lines = [];
  if (document.documentElement.scrollWidth > wide) {
    for (const e of document.querySelectorAll('body *')) {
      const box = e.getBoundingClientRect();
      if (box.width && box.right > wide + 1 && !e.closest('dialog:not([open]), .skip')) {
        let hidden = false;
        for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
          if (getComputedStyle(p).overflowX !== 'visible') { hidden = true; break; }
        }
        if (!hidden) lines.push(`sticks out to ${Math.round(box.right)}: <${e.tagName.toLowerCase()} class="${e.getAttribute('class') ?? ''}">`);
      }
    }
    lines.splice(4);
    if (!lines.length) lines.push(`page is ${document.documentElement.scrollWidth} wide`);
  }
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim();
    if (!/[\u4e00-\u9fff]{4,}/.test(text)) continue;
    range.selectNodeContents(walk.currentNode);
    const boxes = [...range.getClientRects()].filter((r) => r.width > 2);
    const size = parseFloat(getComputedStyle(walk.currentNode.parentElement).fontSize);
    if (boxes.length >= 3 && boxes.every((r) => r.width < size * 1.7)) lines.push(`stacked: ${text.slice(0, 20)}`);
  }
  return lines;
}
