/** The words of the theme itself, in one language. */
export interface Words {
  readonly skip: string;
  readonly siteNavigation: string;
  readonly articles: string;
  readonly notes: string;
  readonly tags: string;
  readonly pinned: string;
  readonly updated: string;
  readonly contentWarning: string;
  readonly sensitive: string;
  readonly allArticles: string;
  readonly allNotes: string;
  readonly nothingYet: string;
  readonly older: string;
  readonly newer: string;
  readonly postNavigation: string;
  readonly pages: string;
  readonly follow: string;
  readonly followHow: string;
  readonly followFeeds: string;
  readonly handle: string;
  readonly rules: string;
  readonly feeds: string;
  readonly findOnServer: string;
  readonly findHow: string;
  readonly notFound: string;
  readonly notFoundHelp: string;
  readonly home: string;
  readonly note: string;
  readonly tagged: (label: string) => string;
  readonly pageOf: (page: number, pages: number) => string;
  readonly posts: (count: number) => string;
}

const ENGLISH: Words = {
  skip: 'Skip to content',
  siteNavigation: 'Site',
  articles: 'Articles',
  notes: 'Notes',
  tags: 'Tags',
  pinned: 'Pinned',
  updated: 'Updated',
  contentWarning: 'Content warning:',
  sensitive: 'Sensitive content',
  allArticles: 'All articles',
  allNotes: 'All notes',
  nothingYet: 'Nothing here yet.',
  older: 'Older',
  newer: 'Newer',
  postNavigation: 'More posts',
  pages: 'Pages',
  follow: 'Follow',
  followHow:
    'Follow from Mastodon, GoToSocial, Misskey or any other fediverse server: copy the handle, paste it into the search of your server, press follow.',
  followFeeds: 'Or subscribe with a feed reader:',
  handle: 'Fediverse handle',
  rules: 'House rules',
  feeds: 'Feeds',
  findOnServer: 'On the fediverse',
  findHow: 'To like or boost this post, paste its address into the search of your own server.',
  notFound: 'Nothing at this address',
  notFoundHelp: 'The page may have been moved or removed. These are good places to go on:',
  home: 'Home',
  note: 'Note',
  tagged: (label) => `Tagged “${label}”`,
  pageOf: (page, pages) => `Page ${page} of ${pages}`,
  posts: (count) => (count === 1 ? '1 post' : `${count} posts`),
};

const GERMAN: Words = {
  skip: 'Zum Inhalt springen',
  siteNavigation: 'Website',
  articles: 'Artikel',
  notes: 'Notizen',
  tags: 'Schlagwörter',
  pinned: 'Angeheftet',
  updated: 'Aktualisiert',
  contentWarning: 'Inhaltswarnung:',
  sensitive: 'Heikler Inhalt',
  allArticles: 'Alle Artikel',
  allNotes: 'Alle Notizen',
  nothingYet: 'Hier steht noch nichts.',
  older: 'Älter',
  newer: 'Neuer',
  postNavigation: 'Weitere Beiträge',
  pages: 'Seiten',
  follow: 'Folgen',
  followHow:
    'Folgen geht von Mastodon, GoToSocial, Misskey und jedem anderen Server des Fediverse: Adresse kopieren, in die Suche des eigenen Servers einfügen, auf „Folgen“ drücken.',
  followFeeds: 'Oder mit einem Feedreader abonnieren:',
  handle: 'Adresse im Fediverse',
  rules: 'Hausregeln',
  feeds: 'Feeds',
  findOnServer: 'Im Fediverse',
  findHow: 'Um diesen Beitrag zu favorisieren oder zu teilen, füge seine Adresse in die Suche deines Servers ein.',
  notFound: 'Unter dieser Adresse ist nichts',
  notFoundHelp: 'Die Seite wurde vielleicht verschoben oder entfernt. Hier geht es weiter:',
  home: 'Startseite',
  note: 'Notiz',
  tagged: (label) => `Schlagwort „${label}“`,
  pageOf: (page, pages) => `Seite ${page} von ${pages}`,
  posts: (count) => (count === 1 ? '1 Beitrag' : `${count} Beiträge`),
};

const BY_LANGUAGE: ReadonlyMap<string, Words> = new Map([
  ['en', ENGLISH],
  ['de', GERMAN],
]);

/** Gives the theme's words for a language, and the language they are really in: English where there is no translation. */
export function wordsFor(language: string): { readonly words: Words; readonly language: string } {
  const words = BY_LANGUAGE.get(primarySubtag(language));
  return words === undefined ? { words: ENGLISH, language: 'en' } : { words, language };
}

const RIGHT_TO_LEFT = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ks', 'nqo', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi']);

/** The `lang` and `dir` attributes of an element whose text is in `language`, with a leading space. */
export function languageAttributes(language: string): string {
  const direction = RIGHT_TO_LEFT.has(primarySubtag(language)) ? 'rtl' : 'ltr';
  return ` lang="${language.replace(/[^A-Za-z0-9-]/g, '')}" dir="${direction}"`;
}

function primarySubtag(language: string): string {
  return language.toLowerCase().split('-', 1)[0] ?? '';
}
