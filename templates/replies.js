// Brings the replies of a page up to date, and leads a reader to their own server. What fails is left as it was built.

const threadOf = (section) => section.querySelector('.comments-thread');
const entriesOf = (thread) => [...thread.querySelectorAll('article[data-id]')];

async function fetchThread(path) {
  const response = await fetch(path, { headers: { accept: 'text/html' } });
  if (!response.ok) return null;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const section = page.querySelector('section[data-comments]');
  return section?.dataset.comments === path ? document.importNode(threadOf(section), true) : null;
}

/** Below the window nothing can move that is read; above it, only where the browser does not see to that. */
function isOutOfView(section) {
  const { top, bottom } = section.getBoundingClientRect();
  if (section.contains(document.activeElement)) return false;
  return top >= innerHeight || (bottom <= 0 && CSS.supports('overflow-anchor', 'auto'));
}

/** Warnings that the reader has unfolded stay unfolded. */
function show(section, thread) {
  const old = threadOf(section);
  const open = new Set();
  for (const entry of entriesOf(old)) if (entry.querySelector('[open]')) open.add(entry.dataset.id);
  for (const entry of entriesOf(thread)) {
    if (open.has(entry.dataset.id)) entry.querySelector('details')?.setAttribute('open', '');
  }
  old.replaceWith(thread);
}

/** Its line has had its height from the beginning: nothing moves. */
function offer(section, thread, fresh) {
  const { newOne, newMany, changed } = section.dataset;
  const button = document.createElement('button');
  button.type = 'button';
  if (fresh.length === 0) button.textContent = changed;
  else button.textContent = fresh.length === 1 ? newOne : newMany.replace('#', fresh.length);
  button.addEventListener('click', () => {
    show(section, thread);
    button.remove();
    (fresh[0] ?? section.querySelector('h2')).focus();
  });
  section.querySelector('.comments-news').replaceChildren(button);
}

async function refresh(section) {
  // Before anybody unfolds something.
  const built = threadOf(section).innerHTML;
  const thread = await fetchThread(section.dataset.comments);
  if (!thread) return;
  section.querySelector('.comments-news').replaceChildren();
  if (thread.innerHTML === built) return;
  const known = new Set(entriesOf(section).map((entry) => entry.dataset.id));
  const fresh = entriesOf(thread).filter((entry) => !known.has(entry.dataset.id));
  if (isOutOfView(section)) show(section, thread);
  else offer(section, thread, fresh);
}

/** A browser may forbid to remember. */
function remembered(handle) {
  try {
    if (handle !== undefined) localStorage.setItem('postern-handle', handle);
    return localStorage.getItem('postern-handle') ?? '';
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
    if (!/^https?:\/\//.test(url)) throw url;
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

/** The letter below a face is seen where its picture cannot be had. */
const dropFace = (image) => image.matches?.('.face img') && image.remove();
addEventListener('error', ({ target }) => dropFace(target), true);
for (const image of document.images) if (image.complete && image.naturalWidth === 0) dropFace(image);
