import { type Reading, startReading } from './strict-reading.ts';
import { isJsonObject } from './vocabulary.ts';

/** Where the build leaves them: names that begin with a dot have no address on a site. */
export const RULES_PATH = '/.rules.json';

/**
 * What the owner decided about others, made by the build from `profile.md` and the lists of blocks. It is not part of the
 * manifest: whom a blog blocks, and by which words it holds, is nobody else's business.
 */
export interface Rules {
  readonly version: 1;
  readonly replies: ReplyRules;
  /** Who may quote: `ask` waits for the owner's word each time (FEP-044f). */
  readonly quotes: 'anyone' | 'followers' | 'ask' | 'nobody';
  /** A Follow waits for the owner's word. */
  readonly approveFollowers: boolean;
  /** `show`: by way of the blog's own address; `hide`: the first letter of the name instead. */
  readonly avatars: 'show' | 'hide';
  readonly blocks: Blocks;
  readonly keep: Retention;
  /** What is kept of the posts of those whom the blog follows; absent: nothing. */
  readonly reading?: ReadingRules;
  /** Actors that posts of the blog reply to or mention. */
  readonly repliedTo: readonly string[];
  /** The public half of the key that messages are sealed for, as a JWK; absent: messages cannot be kept. */
  readonly messageKey?: Readonly<Record<string, string>>;
  /** The public half of the key by which the owner's commands are known, as an Ed25519 JWK. */
  readonly ownerKey?: Readonly<Record<string, string>>;
}

export interface ReplyRules {
  readonly from: 'anyone' | 'followers' | 'people-i-replied-to' | 'nobody';
  /** Whether the first reply of somebody waits for the owner. */
  readonly firstTimers: 'show' | 'hold';
  /** A reply, quote or name that contains one of these waits for the owner; lower case, compared without case. */
  readonly words: readonly string[];
  /** Replies to posts older than this are not taken; absent: never. */
  readonly closeAfterMs?: number;
}

/** Whom the owner wants nothing of. */
export interface Blocks {
  /** `user@host` in lower case, host in ASCII; or the actor's id. */
  readonly accounts: readonly Block[];
  /** Hosts in lower case and ASCII, without a dot at the end; each covers its subdomains. */
  readonly hosts: readonly Block[];
}

export interface Block {
  readonly name: string;
  /** `block`: nothing is taken. `limit`: what is said waits for the owner. */
  readonly severity: 'block' | 'limit';
  readonly reason?: string;
  /** The file that says so, for people. */
  readonly source: string;
}

/** For how many days, and whether what they boost is kept as well. */
export interface ReadingRules {
  readonly days: number;
  readonly boosts: boolean;
  /** Actors whose boosts are not kept: `following.csv` says so. Absent for none. */
  readonly withoutBoosts?: readonly string[];
  /** By actor, the languages (primary subtags) that are kept of theirs. Absent for all. */
  readonly languages?: Readonly<Record<string, readonly string[]>>;
}

/** How long what others sent is kept, in milliseconds; absent: for ever. */
export interface Retention {
  readonly messagesMs?: number;
  readonly notificationsMs?: number;
  readonly repliesMs?: number;
}

const DAY_MS = 86_400_000;

/**
 * Says whether no reply to a post is taken any more: nobody may reply, or the post is older than replies are taken for.
 * `published` is RFC 3339, `now` milliseconds since the epoch; a date that cannot be read closes nothing. Never fails.
 */
export function areRepliesClosed({ from, closeAfterMs }: ReplyRules, published: string, now: number): boolean {
  if (from === 'nobody') return true;
  return closeAfterMs !== undefined && Date.parse(published) + closeAfterMs < now;
}

/** What a profile that says nothing of it means. */
export const DEFAULT_RULES: Rules = {
  version: 1,
  replies: { from: 'anyone', firstTimers: 'show', words: [] },
  quotes: 'anyone',
  approveFollowers: false,
  avatars: 'show',
  blocks: { accounts: [], hosts: [] },
  keep: { messagesMs: 365 * DAY_MS, notificationsMs: 90 * DAY_MS },
  repliedTo: [],
};

/** Gives the language of a tag without its country and script: whoever reads English reads en-GB. */
export function primaryLanguage(tag: string): string {
  return tag.toLowerCase().split('-', 1)[0] ?? '';
}

const RULE_MEMBERS = ['version', 'replies', 'quotes', 'approveFollowers', 'avatars', 'blocks', 'keep', 'repliedTo'];

/**
 * Reads the rules as a build wrote them; undefined for anything else. It keeps the rule that what the owner decided is never
 * read in part: a member that is missing, of another kind or not known here makes all of it unreadable. Takes parsed JSON;
 * never fails.
 */
export function parseRules(value: unknown): Rules | undefined {
  const reading = startReading();
  const optional = ['reading', 'messageKey', 'ownerKey'];
  const members = reading.members(value, 'rules', { required: RULE_MEMBERS, optional });
  if (members.get('version') !== 1) reading.note('rules.version', 'is not 1');
  const rules: Rules = {
    version: 1,
    replies: readReplies(reading, members.get('replies')),
    quotes: reading.oneOf(members.get('quotes'), 'rules.quotes', ['anyone', 'followers', 'ask', 'nobody']),
    approveFollowers: members.get('approveFollowers') === true,
    avatars: reading.oneOf(members.get('avatars'), 'rules.avatars', ['show', 'hide']),
    blocks: readBlocks(reading, members.get('blocks')),
    keep: readRetention(reading, members.get('keep')),
    ...(members.has('reading') ? { reading: readReading(reading, members.get('reading')) } : {}),
    repliedTo: reading.texts(members.get('repliedTo'), 'rules.repliedTo'),
    ...(members.has('messageKey') ? { messageKey: readKey(reading, members.get('messageKey'), 'messageKey') } : {}),
    ...(members.has('ownerKey') ? { ownerKey: readKey(reading, members.get('ownerKey'), 'ownerKey') } : {}),
  };
  if (typeof members.get('approveFollowers') !== 'boolean') reading.note('rules.approveFollowers', 'is no boolean');
  return reading.fault() === undefined ? rules : undefined;
}

function readReplies(reading: Reading, value: unknown): ReplyRules {
  const path = 'rules.replies';
  const members = reading.members(value, path, {
    required: ['from', 'firstTimers', 'words'],
    optional: ['closeAfterMs'],
  });
  const choices = ['anyone', 'followers', 'people-i-replied-to', 'nobody'] as const;
  return {
    from: reading.oneOf(members.get('from'), `${path}.from`, choices),
    firstTimers: reading.oneOf(members.get('firstTimers'), `${path}.firstTimers`, ['show', 'hold']),
    words: reading.texts(members.get('words'), `${path}.words`),
    ...(members.has('closeAfterMs')
      ? { closeAfterMs: reading.count(members.get('closeAfterMs'), `${path}.closeAfterMs`) }
      : {}),
  };
}

function readBlocks(reading: Reading, value: unknown): Blocks {
  const members = reading.members(value, 'rules.blocks', { required: ['accounts', 'hosts'], optional: [] });
  const list = (name: string): Block[] => {
    const items = members.get(name);
    if (!Array.isArray(items)) reading.note(`rules.blocks.${name}`, 'is no list');
    return Array.isArray(items) ? items.map((item) => readBlock(reading, item, `rules.blocks.${name}`)) : [];
  };
  return { accounts: list('accounts'), hosts: list('hosts') };
}

function readBlock(reading: Reading, value: unknown, path: string): Block {
  const members = reading.members(value, path, { required: ['name', 'severity', 'source'], optional: ['reason'] });
  return {
    name: reading.text(members.get('name'), `${path}.name`),
    severity: reading.oneOf(members.get('severity'), `${path}.severity`, ['block', 'limit']),
    ...reading.optional(members, path, { texts: ['reason'], dates: [] }),
    source: reading.text(members.get('source'), `${path}.source`),
  };
}

function readRetention(reading: Reading, value: unknown): Retention {
  const names = ['messagesMs', 'notificationsMs', 'repliesMs'] as const;
  const members = reading.members(value, 'rules.keep', { required: [], optional: names });
  const keep: { [name in (typeof names)[number]]?: number } = {};
  for (const name of names) if (members.has(name)) keep[name] = reading.count(members.get(name), `rules.keep.${name}`);
  return keep;
}

function readReading(reading: Reading, value: unknown): ReadingRules {
  const path = 'rules.reading';
  const optional = ['withoutBoosts', 'languages'];
  const members = reading.members(value, path, { required: ['days', 'boosts'], optional });
  const boosts = members.get('boosts');
  if (typeof boosts !== 'boolean') reading.note(`${path}.boosts`, 'is no boolean');
  const without = members.get('withoutBoosts');
  const languages = members.get('languages');
  return {
    days: reading.count(members.get('days'), `${path}.days`),
    boosts: boosts === true,
    ...(without === undefined ? {} : { withoutBoosts: reading.texts(without, `${path}.withoutBoosts`) }),
    ...(languages === undefined ? {} : { languages: readLanguages(reading, languages, `${path}.languages`) }),
  };
}

function readLanguages(reading: Reading, value: unknown, path: string): Record<string, readonly string[]> {
  if (!isJsonObject(value)) reading.note(path, 'is no object');
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([actor, list]) => [actor, reading.texts(list, `${path}.${actor}`)]));
}

function readKey(reading: Reading, value: unknown, name: string): Readonly<Record<string, string>> {
  const path = `rules.${name}`;
  const optional = ['crv', 'x', 'y', 'n', 'e', 'kid', 'alg', 'use'];
  const members = reading.members(value, path, { required: ['kty'], optional });
  return Object.fromEntries([...members].map(([member, text]) => [member, reading.text(text, `${path}.${member}`)]));
}
