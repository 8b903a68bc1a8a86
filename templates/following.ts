import { BLOGROLL_PATH, blogroll, OPML_PATH } from './blogroll.ts';
import { escapeHtml, escapeXml } from './escape.ts';
import { renderLayout } from './layout.ts';
import { STRANGER } from './people.ts';
import { absolute, type Theme } from './theme.ts';

/** The page of those whom the owner follows. */
export function renderFollowing(theme: Theme): string {
  const { words, language } = theme;
  const items = blogroll(theme).map(({ actor, handle }) => {
    const name = `<bdi class="p-name">${escapeHtml(actor.name ?? handle)}</bdi>`;
    return `<li class="h-card"><a class="u-url" href="${escapeHtml(actor.url)}"${STRANGER}>${name}</a> <span class="p-nickname count" dir="ltr">${escapeHtml(handle)}</span></li>`;
  });
  return renderLayout(theme, {
    path: BLOGROLL_PATH,
    title: words.following,
    language,
    description: words.followingHow(theme.site.profile.name),
    type: 'website',
    main: `<header class="page-header"><h1>${escapeHtml(words.following)}</h1>
<p class="meta">${escapeHtml(words.followingHow(theme.site.profile.name))} <a href="${OPML_PATH}">OPML</a></p></header>
<ul class="people-list">
${items.join('\n')}
</ul>
`,
  });
}

/** The same as OPML 2.0: links, since nothing says which of them has a feed. */
export function renderOpml(theme: Theme): string {
  const { profile } = theme.site;
  const outlines = blogroll(theme).map(
    ({ actor, handle }) =>
      `<outline text="${escapeXml(actor.name ?? handle)}" description="${escapeXml(handle)}" type="link" url="${escapeXml(actor.url)}"/>\n`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0">
<head>
<title>${escapeXml(theme.words.followingHow(profile.name))}</title>
<ownerName>${escapeXml(profile.name)}</ownerName>
<ownerId>${escapeXml(absolute(theme, '/'))}</ownerId>
</head>
<body>
${outlines.join('')}</body>
</opml>
`;
}
