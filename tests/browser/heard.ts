import type { Author, Interaction } from '../../federation/interaction.ts';
import type { RichText } from '../../federation/rich-text.ts';
import { author, content, favour, reply } from '../federation/thread-samples.ts';

/** Of the post that all of it is about. */
export const TARGET = 'https://blog.example/ap/posts/hello.json';

const LONG = 'Donaudampfschifffahrtsgesellschaft'.repeat(12);
const party = { shortcode: 'party', icon: 'https://cdn.example/party.png' };

const PEOPLE = {
  amy: author('amy', { name: 'Amy :party:', avatar: 'https://cdn.example/amy.png', emojis: [party] }),
  bo: author('bo', { avatar: 'https://cdn.example/bo.png' }),
  salma: author('salma', { name: 'سلمى' }),
  eve: author('eve', {
    name: `\u202E</bdi><script>alert(1)</script>${LONG}`,
    handle: `@${LONG}@${LONG}.example`,
    avatar: 'https://cdn.example/"><img src=x onerror=alert(1)>.png',
  }),
} as const;

type Who = keyof typeof PEOPLE;
type Said = readonly [Interaction, Author];

function says(who: Who, name: string, to: string | undefined, changes: Partial<Interaction['content'] & object>): Said {
  const inReplyTo = to === undefined ? TARGET : reply(to).id;
  const said = { target: TARGET, actor: PEOPLE[who].actor, inReplyTo, content: content(changes) };
  return [reply(name, said), PEOPLE[who]];
}

const text = (...paragraphs: RichText): { text: RichText } => ({
  text: paragraphs.map((paragraph) => ({ tag: 'p', children: [paragraph] })),
});

/** What was said before the blog was built. */
export function heardBefore(): Said[] {
  const chain = Array.from({ length: 9 }, (_, index) =>
    says('bo', `deep${index}`, index === 0 ? 'normal' : `deep${index - 1}`, text(`Level ${index}, and on it goes.`)),
  );
  return [
    says('amy', 'normal', undefined, { ...text('Well said :party:', 'Twice.'), emojis: [party] }),
    ...chain,
    says('salma', 'arabic', undefined, { ...text('كلام جميل'), language: 'ar' }),
    says('bo', 'warned', undefined, {
      ...text('Eight legs each.'),
      contentWarning: 'spiders',
      sensitive: true,
      attachments: [{ url: 'https://far.example/spider.png', alt: 'A spider' }],
    }),
    says('eve', 'hostile', undefined, {
      ...text(LONG, '<img src="https://evil.example/x.png" onerror="alert(1)">', {
        tag: 'pre',
        children: [{ tag: 'code', children: [`${LONG} ${LONG}`] }],
      }),
      title: `<h1>${LONG}</h1>`,
      url: `https://far.example/${LONG}`,
      attachments: [{ url: 'https://evil.example/a.png', alt: `${LONG}"><script>alert(1)</script>` }],
    }),
    [reply('quote', { ...says('amy', 'quote', undefined, text('Read this.'))[0], kind: 'quote' }), PEOPLE.amy],
    ...Array.from({ length: 15 }, (_, index): Said => {
      const who = author(`reader${index}`, { avatar: `https://cdn.example/${index}.png` });
      return [favour('like', `reader${index}`, { target: TARGET }), who];
    }),
    [favour('like', 'bo', { target: TARGET, emoji: { text: ':party:', icon: party.icon } }), PEOPLE.bo],
    [favour('like', 'eve', { target: TARGET, emoji: { text: '🎉' } }), PEOPLE.eve],
    [favour('boost', 'amy', { target: TARGET }), PEOPLE.amy],
  ];
}

/** What is said after it. */
export function heardLater(name: string): Said {
  return says('bo', name, undefined, { ...text(`Said later: ${name}.`), published: '2026-11-20T10:00:00Z' });
}
