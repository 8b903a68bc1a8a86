// Brings the replies of a page up to date, and leads a reader to their own server. What fails changes nothing.

const threadOf = (section) => section.querySelector('.comments-thread');
/** Replies by id, people by address. */
const allOf = (thread) =>
  new Map([...thread.querySelectorAll('[data-id], .faces a')].map((one) => [one.dataset.id ?? one.href, one]));

async function fetchThread(path) {
  // A kept one may be older than the page.
  const response = await fetch(path, { cache: 'no-cache' });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const section = page.querySelector(`section[data-comments="${path}"]`);
  return section && document.importNode(threadOf(section), true);
}

/** Below the window nothing moves that is read, nor above it where the browser sees to that. */
function isOutOfView(section) {
  const { top, bottom } = section.getBoundingClientRect();
  if (section.contains(document.activeElement)) return false;
  return top >= innerHeight || (bottom <= 0 && CSS.supports('overflow-anchor', 'auto'));
}

/** Unfolded warnings stay unfolded, and the focus where it is. */
function show(section, thread) {
  const old = threadOf(section);
  const now = allOf(thread);
  for (const open of old.querySelectorAll('[data-id] > [open]')) {
    now.get(open.parentNode.dataset.id)?.querySelector('details')?.setAttribute('open', '');
  }
  const at = old.querySelector(':focus')?.closest('article');
  old.replaceWith(thread);
  if (at) (now.get(at.dataset.id) ?? section.querySelector('h2')).focus({ preventScroll: true });
}

/** Its line had its height before: nothing moves. */
function offer(section, thread, fresh) {
  const { newOne, newMany, changed } = section.dataset;
  const button = document.createElement('button');
  button.textContent = [changed, newOne][fresh.length] ?? newMany.replace('#', fresh.length);
  button.addEventListener('click', () => {
    show(section, thread);
    button.remove();
    (fresh[0] ?? section.querySelector('h2')).focus();
  });
  section.querySelector('.comments-news').append(button);
}

async function refresh(section) {
  // Before anything is unfolded.
  const built = threadOf(section).innerHTML;
  const thread = await fetchThread(section.dataset.comments);
  if (!thread) return;
  section.querySelector('.comments-news').replaceChildren();
  if (thread.innerHTML === built) return;
  const known = allOf(section);
  const now = allOf(thread);
  const fresh = [...now.values()].filter(({ dataset: { id } }) => id && !known.has(id));
  // What is hidden or taken back goes at once.
  if (isOutOfView(section) || [...known.keys()].some((id) => !now.has(id))) show(section, thread);
  else offer(section, thread, fresh);
}

/** A browser may forbid to remember. */
function remembered(handle) {
  try {
    if (handle) localStorage['postern-handle'] = handle;
    return localStorage['postern-handle'] ?? '';
  } catch {
    return '';
  }
}

/** Goes to the reader's server; what this cannot do, the form's own page can. */
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
