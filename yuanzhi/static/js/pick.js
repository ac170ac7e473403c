// Ticking rows of a list: all of a page at once, and how many there are. Works on pieces swapped in later.
function count(form) {
  const all = [...form.querySelectorAll('[name="pick"]')];
  const picked = all.filter((box) => box.checked).length;
  for (const place of form.querySelectorAll('[data-pick-count]')) place.textContent = picked;
  const master = form.querySelector('[data-pick-all]');
  if (!master) return;
  master.checked = picked > 0 && picked === all.length;
  master.indeterminate = picked > 0 && picked < all.length;
}

document.addEventListener('change', (event) => {
  const form = event.target.form;
  if (event.target.matches('[data-pick-all]')) {
    for (const box of form.querySelectorAll('[name="pick"]')) box.checked = event.target.checked;
  } else if (event.target.name !== 'pick') return;
  if (form) count(form);
});

// Back from another page: the browser may have kept the ticks.
addEventListener('pageshow', () => document.querySelectorAll('form:has([name="pick"])').forEach(count));
