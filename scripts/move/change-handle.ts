import { PosternError } from '../../server/errors.ts';
import { checkAnswer } from '../setup/answers.ts';
import { lookIntoStore } from '../store-file.ts';
import { openMove } from './context.ts';
import { writeProfile } from './profile-file.ts';
import { more, next, say } from './say.ts';

/** Gives the blog another name; WebFinger goes on answering the old one. The same with the old name takes it back. */
export async function changeHandle(typed: string): Promise<void> {
  const { profile, settings, origin, handle } = openMove();
  const checked = checkAnswer('username', typed, { allowHttp: settings.allowPrivateAddresses });
  if (!checked.ok) {
    throw new PosternError('not-an-answer', checked.message, {
      hint: 'Write 1 to 30 of a-z, 0-9 and _. Nothing was changed.',
      facts: { typed },
    });
  }
  const username = checked.value;
  const { host } = new URL(origin);
  if (username === profile.username) {
    say('same', `the blog is ${handle} already`);
    return;
  }
  const told = await lookIntoStore(settings, async (store) => (await store.ledger.head())?.actor.username);
  // A name that nobody was told of leads nobody here.
  const isKnown = told === undefined || told === profile.username;
  const known = [...(isKnown ? [profile.username] : []), ...(profile.formerUsernames ?? [])];
  const formerUsernames = [...new Set(known)].filter((name) => name !== username);
  await writeProfile(settings, {
    username,
    formerUsernames: formerUsernames.length > 0 ? formerUsernames : undefined,
  });
  say('wrote', `username: ${username}, which was ${profile.username}, into content/profile.md`);
  if (formerUsernames.length > 0)
    more(`formerUsernames: ${formerUsernames.join(', ')}: who asks for one of them is led to @${username}@${host}.`);
  if (told === username) {
    next('nobody was told of another name, so there is nothing to send: npm run plan');
    return;
  }
  say('note', 'What other servers do, for each keeps a name of its own for an account:');
  more(
    'Mastodon shows the old name until somebody there looks the new one up; then it makes one of both, with the followers.',
  );
  more('GoToSocial and Misskey keep the name under which they came to know the account: there it stays the old one.');
  more(
    'Nobody loses a follower: followers follow the id of the account, and that stays. Old mentions keep the old name.',
  );
  next('npm run plan holds the change as identity-changed; the site keeps the old name until you confirm:');
  more('npm run publish -- --confirm identity-changed');
  more(`To go back, before or after: npm run move -- handle ${profile.username}`);
}
