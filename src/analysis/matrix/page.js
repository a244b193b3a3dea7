
const form = document.getElementById('filter');
function show() {
  const wanted = [...new FormData(form)].filter(([, value]) => value !== '');
  let left = 0;
  for (const section of document.querySelectorAll('section')) {
    let any = false;
    for (const row of section.querySelectorAll('tbody tr')) {
      row.hidden = !wanted.every(([key, value]) => row.dataset[key] === value);
      any ||= !row.hidden;
      left += row.hidden ? 0 : 1;
    }
    section.hidden = !any;
  }
  document.getElementById('none').hidden = left > 0;
}
form.hidden = false;
form.addEventListener('change', show);
form.addEventListener('submit', (event) => event.preventDefault());
show();
