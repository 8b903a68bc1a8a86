// Brings the replies of a page up to date, and leads a reader to their own server. What fails is left as it was built.

/** The part of the page that is replaced, in the page or in what was fetched. */
const threadOf = (section) => section.querySelector('.comments-thread');
const entriesOf = (thread) => [...thread.querySelectorAll('article[data-id]')];

async function fetchThread(section) {
  const path = section.dataset.comments;
  const response = await fetch(path, { headers: { accept: 'text/html' } });
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html')) return null;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fetched = page.querySelector('section[data-comments]');
  return fetched?.dataset.comments === path ? threadOf(fetched) : null;
}

/** Below the window nothing that is read can move; above it, only where the browser holds what is read in its place. */
function isOutOfView(section) {
  const { top, bottom } = section.getBoundingClientRect();
  if (section.contains(document.activeElement)) return false;
  return top >= innerHeight || (bottom <= 0 && CSS.supports('overflow-anchor', 'auto'));
}

/** Warnings that the reader has unfolded stay unfolded. */
function show(section, thread) {
  const old = threadOf(section);
  const open = new Set();
  for (const entry of entriesOf(old)) if (entry.querySelector('details[open]')) open.add(entry.dataset.id);
  for (const entry of entriesOf(thread)) {
    const fold = open.has(entry.dataset.id) && entry.querySelector('details');
    if (fold) fold.open = true;
  }
  old.replaceWith(thread);
}

/** The line it goes into has its height from the beginning, so that nothing moves. */
function offer(section, thread, fresh) {
  const { newOne, newMany, changed } = section.dataset;
  const button = document.createElement('button');
  button.type = 'button';
  if (fresh.length === 0) button.textContent = changed;
  else button.textContent = fresh.length === 1 ? newOne : newMany.replace('#', String(fresh.length));
  button.addEventListener('click', () => {
    show(section, thread);
    button.remove();
    (fresh[0] ?? section.querySelector('h2')).focus();
  });
  section.querySelector('.comments-news').replaceChildren(button);
}

async function refresh(section) {
  const fetched = await fetchThread(section);
  if (!fetched) return;
  section.querySelector('.comments-news').replaceChildren();
  const shown = threadOf(section);
  if (fetched.innerHTML === shown.innerHTML) return;
  const thread = document.importNode(fetched, true);
  const known = new Set(entriesOf(shown).map((entry) => entry.dataset.id));
  const fresh = entriesOf(thread).filter((entry) => !known.has(entry.dataset.id));
  if (isOutOfView(section)) show(section, thread);
  else offer(section, thread, fresh);
}

const HANDLE = 'postern-handle';

/** A browser may forbid to remember. */
function remembered(handle) {
  try {
    if (handle !== undefined) localStorage.setItem(HANDLE, handle);
    return localStorage.getItem(HANDLE) ?? '';
  } catch {
    return '';
  }
}

/** Goes to the reader's server; what this cannot do, the page that the form itself leads to can. */
async function leave(form) {
  try {
    const query = new URLSearchParams(new FormData(form));
    const response = await fetch(`${form.action}?${query}`, { headers: { accept: 'application/json' } });
    const { url } = await response.json();
    if (!response.ok || !/^https?:$/.test(new URL(url).protocol)) throw new Error('no address');
    remembered(form.elements.handle.value);
    location.assign(url);
  } catch {
    form.submit();
  }
}

for (const form of document.querySelectorAll('form[data-interact]')) {
  form.elements.handle.value ||= remembered();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    leave(form);
  });
}
for (const section of document.querySelectorAll('section[data-comments]')) refresh(section).catch(() => {});
