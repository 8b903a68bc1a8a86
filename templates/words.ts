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
  readonly findFrom: string;
  readonly findClosed: string;
  readonly handleLabel: string;
  readonly handleGo: string;
  readonly notFound: string;
  readonly notFoundHelp: string;
  readonly home: string;
  readonly note: string;
  readonly tagged: (label: string) => string;
  readonly pageOf: (page: number, pages: number) => string;
  readonly posts: (count: number) => string;
  readonly replies: string;
  readonly quotes: string;
  readonly likes: string;
  readonly boosts: string;
  readonly noReplies: string;
  readonly repliesClosed: string;
  readonly newestReplies: string;
  readonly changedReplies: string;
  readonly inReplyTo: string;
  readonly likeOf: string;
  readonly repostOf: string;
  readonly quotationOf: string;
  readonly ownPost: string;
  readonly originallyAt: string;
  readonly poll: string;
  readonly pollEnds: string;
  readonly pollEnded: string;
  readonly pollVote: string;
  readonly pollVoteMany: string;
  readonly following: string;
  readonly followingHow: (name: string) => string;
  readonly otherLanguages: string;
  readonly voterCount: (count: number) => string;
  readonly voteCount: (count: number) => string;
  readonly threadPart: (number: number, of: number) => string;
  readonly original: string;
  readonly originalBy: (name: string) => string;
  readonly attachments: string;
  readonly backToPost: string;
  readonly attachment: (number: number) => string;
  readonly replyCount: (count: number) => string;
  readonly quoteCount: (count: number) => string;
  readonly likeCount: (count: number) => string;
  readonly boostCount: (count: number) => string;
  readonly andMore: (count: number) => string;
  /** With a text in place of a number, the words for any number but one. */
  readonly newReplies: (count: number | string) => string;
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
  findHow: 'To reply to, like or boost this post, open it on your own server:',
  findFrom: 'Or paste its address into the search there:',
  findClosed: 'To like or boost this post, open it on your own server:',
  handleLabel: 'Your handle',
  handleGo: 'Open on my server',
  notFound: 'Nothing at this address',
  notFoundHelp: 'The page may have been moved or removed. These are good places to go on:',
  home: 'Home',
  note: 'Note',
  tagged: (label) => `Tagged “${label}”`,
  pageOf: (page, pages) => `Page ${page} of ${pages}`,
  posts: (count) => (count === 1 ? '1 post' : `${count} posts`),
  replies: 'Replies',
  quotes: 'Quotes',
  likes: 'Likes',
  boosts: 'Boosts',
  noReplies: 'No replies yet.',
  repliesClosed: 'Replies to this post are closed.',
  newestReplies: 'See the newest replies',
  changedReplies: 'Replies have changed – show',
  inReplyTo: 'In reply to',
  likeOf: 'Liked',
  repostOf: 'Boosted',
  quotationOf: 'Quoting',
  ownPost: 'an earlier post',
  originallyAt: 'Originally at',
  poll: 'Poll',
  pollEnds: 'Ends',
  pollEnded: 'Ended',
  pollVote: 'Vote from your own server.',
  pollVoteMany: 'Vote from your own server; several answers may be chosen.',
  following: 'Following',
  followingHow: (name) => `Whom ${name} follows.`,
  otherLanguages: 'Also in:',
  voterCount: (count) => (count === 1 ? '1 person voted' : `${count} people voted`),
  voteCount: (count) => (count === 1 ? '1 vote' : `${count} votes`),
  threadPart: (number, of) => `${number} of ${of}`,
  original: 'Original',
  originalBy: (name) => `Original post by ${name}`,
  attachments: 'Attachments',
  backToPost: 'Back to the post',
  attachment: (number) => `Attachment ${number}`,
  replyCount: (count) => (count === 1 ? '1 reply' : `${count} replies`),
  quoteCount: (count) => (count === 1 ? '1 quote' : `${count} quotes`),
  likeCount: (count) => (count === 1 ? '1 like' : `${count} likes`),
  boostCount: (count) => (count === 1 ? '1 boost' : `${count} boosts`),
  andMore: (count) => `and ${count} more`,
  newReplies: (count) => (count === 1 ? '1 new reply – show' : `${count} new replies – show`),
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
  findHow: 'Um zu antworten, zu favorisieren oder zu teilen, öffne diesen Beitrag auf deinem eigenen Server:',
  findFrom: 'Oder füge seine Adresse dort in die Suche ein:',
  findClosed: 'Um zu favorisieren oder zu teilen, öffne diesen Beitrag auf deinem eigenen Server:',
  handleLabel: 'Deine Adresse',
  handleGo: 'Auf meinem Server öffnen',
  notFound: 'Unter dieser Adresse ist nichts',
  notFoundHelp: 'Die Seite wurde vielleicht verschoben oder entfernt. Hier geht es weiter:',
  home: 'Startseite',
  note: 'Notiz',
  tagged: (label) => `Schlagwort „${label}“`,
  pageOf: (page, pages) => `Seite ${page} von ${pages}`,
  posts: (count) => (count === 1 ? '1 Beitrag' : `${count} Beiträge`),
  replies: 'Antworten',
  quotes: 'Zitate',
  likes: 'Favorisiert',
  boosts: 'Geteilt',
  noReplies: 'Noch keine Antworten.',
  repliesClosed: 'Auf diesen Beitrag kann nicht mehr geantwortet werden.',
  newestReplies: 'Neueste Antworten ansehen',
  changedReplies: 'Antworten haben sich geändert – zeigen',
  inReplyTo: 'Als Antwort auf',
  likeOf: 'Favorisiert:',
  repostOf: 'Geteilt:',
  quotationOf: 'Zitiert:',
  ownPost: 'ein früherer Beitrag',
  originallyAt: 'Zuerst erschienen unter',
  poll: 'Umfrage',
  pollEnds: 'Endet',
  pollEnded: 'Beendet',
  pollVote: 'Abgestimmt wird vom eigenen Server aus.',
  pollVoteMany: 'Abgestimmt wird vom eigenen Server aus; mehrere Antworten sind möglich.',
  following: 'Folgt',
  followingHow: (name) => `Wem ${name} folgt.`,
  otherLanguages: 'Auch auf',
  voterCount: (count) => (count === 1 ? '1 Person hat abgestimmt' : `${count} Personen haben abgestimmt`),
  voteCount: (count) => (count === 1 ? '1 Stimme' : `${count} Stimmen`),
  threadPart: (number, of) => `${number} von ${of}`,
  original: 'Original',
  originalBy: (name) => `Original von ${name}`,
  attachments: 'Anhänge',
  backToPost: 'Zurück zum Beitrag',
  attachment: (number) => `Anhang ${number}`,
  replyCount: (count) => (count === 1 ? '1 Antwort' : `${count} Antworten`),
  quoteCount: (count) => (count === 1 ? '1 Zitat' : `${count} Zitate`),
  likeCount: (count) => `${count}-mal favorisiert`,
  boostCount: (count) => `${count}-mal geteilt`,
  andMore: (count) => `und ${count} weitere`,
  newReplies: (count) => (count === 1 ? '1 neue Antwort – zeigen' : `${count} neue Antworten – zeigen`),
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
