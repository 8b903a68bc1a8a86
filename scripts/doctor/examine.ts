import { lookAtActor } from './actor.ts';
import { isNobody, lookAtAddress, lookAtIdentity } from './address.ts';
import { shown } from './answers.ts';
import { lookAtClock } from './clock.ts';
import { lookAtDocuments } from './documents.ts';
import { broken, type Finding, type Group, type Half, skipped } from './finding.ts';
import { lookAtFunctions } from './functions.ts';
import { lookAtInbox } from './inbox.ts';
import { lookAtKeys } from './keys.ts';
import { lookAtLinks } from './links.ts';
import { lookAtNodeinfo } from './nodeinfo.ts';
import { type OwnSide, openOwnSide } from './own-side.ts';
import { lookAtPages } from './pages.ts';
import { type Met, meet, type Patient } from './patient.ts';
import { lookAtStatus } from './status.ts';
import { lookAtTls } from './tls.ts';
import { lookAtWebfinger } from './webfinger.ts';

const ALL: readonly Half[] = ['read', 'heard', 'sent'];

interface Concern extends Pick<Group, 'name' | 'title' | 'halves'> {
  readonly look: (seen: Seen) => Promise<Finding[]> | Finding[];
}

interface Seen {
  readonly patient: Patient;
  readonly met: Met;
  readonly side: OwnSide | undefined;
}

/** What needs nothing of the blog but its name. */
const BEFORE: readonly (Omit<Concern, 'look'> & { readonly look: (patient: Patient) => Promise<Finding[]> })[] = [
  { name: 'address', title: 'Name and address', halves: ALL, look: lookAtAddress },
  { name: 'tls', title: 'TLS', halves: ALL, look: lookAtTls },
];

const IDENTITY: Concern = {
  name: 'identity',
  title: 'Which blog it is',
  halves: ALL,
  look: ({ patient, met }) => lookAtIdentity(patient, met),
};

/** The rest, in the order in which they build on each other: what is broken first is to be mended first. */
const CONCERNS: readonly Concern[] = [
  IDENTITY,
  {
    name: 'documents',
    title: 'Documents that others fetch',
    halves: ALL,
    look: ({ patient, met }) => lookAtDocuments(patient, met),
  },
  { name: 'actor', title: 'What the actor says', halves: ALL, look: ({ patient, met }) => lookAtActor(patient, met) },
  { name: 'webfinger', title: 'The handle', halves: ALL, look: ({ patient, met }) => lookAtWebfinger(patient, met) },
  { name: 'keys', title: 'Keys', halves: ['sent'], look: ({ patient, met, side }) => lookAtKeys(patient, met, side) },
  {
    name: 'inbox',
    title: 'Inbox',
    halves: ['heard'],
    look: ({ patient, met, side }) => lookAtInbox(patient, met, side),
  },
  {
    name: 'functions',
    title: 'Functions',
    halves: ['heard'],
    look: ({ patient, met }) => lookAtFunctions(patient, met),
  },
  { name: 'pages', title: 'Pages', halves: ['read'], look: ({ patient, met }) => lookAtPages(patient, met) },
  {
    name: 'links',
    title: 'Links and other accounts',
    halves: ['read'],
    look: ({ patient, met }) => lookAtLinks(patient, met),
  },
  { name: 'nodeinfo', title: 'NodeInfo', halves: ['read'], look: ({ patient }) => lookAtNodeinfo(patient) },
  { name: 'clock', title: 'Clock', halves: ['sent', 'heard'], look: ({ patient }) => lookAtClock(patient) },
  {
    name: 'status',
    title: 'Store, schedule, deliveries',
    halves: ['sent', 'heard'],
    look: ({ patient, side }) => lookAtStatus(patient, side),
  },
];

/** Told of what is looked at next, and of what was found. */
export interface Watching {
  begins(title: string): void;
  found(group: Group): void;
}

/** Looks at all of a blog, a group after the other. Never throws for what the blog does. */
export async function examine(patient: Patient, watching: Watching): Promise<readonly Group[]> {
  const groups: Group[] = [];
  const add = async (
    { name, title, halves }: Omit<Concern, 'look'>,
    work: () => Promise<Finding[]> | Finding[],
  ): Promise<void> => {
    watching.begins(title);
    const group = { name, title, halves, findings: await work() };
    groups.push(group);
    watching.found(group);
  };
  for (const concern of BEFORE) {
    // Without an address there is no certificate to look at.
    if (groups.some(isWithoutAddress)) break;
    await add(concern, () => concern.look(patient));
  }
  if (groups.some(isWithoutAddress) || groups.some(isUntrusted)) {
    await add(unreached, () => [skipped('reach.answers', 'the rest was not looked at: nobody gets that far')]);
    return groups;
  }
  const met = await meet(patient);
  if (met.answer.kind === 'none') {
    const saw = broken(
      'reach.answers',
      shown(met.answer),
      'Look whether the server runs and is reached from outside, and into its log. The rest was not looked at.',
    );
    await add(unreached, () => [saw]);
    return groups;
  }
  const why = whyNoFurther(met, patient);
  if (why !== undefined) {
    const { name, title, halves } = IDENTITY;
    await add({ name, title, halves }, () => lookAtIdentity(patient, met));
    await add(unreached, () => [skipped('reach.answers', `the rest was not looked at: ${why}`)]);
    return groups;
  }
  const side = await openOwnSide(patient);
  for (const concern of CONCERNS) await add(concern, () => concern.look({ patient, met, side }));
  return groups;
}

/** What everything else would follow from. */
function whyNoFurther(met: Met, { origin }: Patient): string | undefined {
  if (isNobody(met)) return 'there is no blog yet';
  const isOfAnother = met.builtFor !== undefined && met.builtFor !== origin;
  return isOfAnother ? 'each id of this site leads elsewhere' : undefined;
}

const unreached = { name: 'reach', title: 'Everything else', halves: ALL };

function isWithoutAddress({ findings }: Group): boolean {
  return findings.some(({ check, mark }) => check === 'address.resolves' && mark === 'broken');
}

function isUntrusted({ findings }: Group): boolean {
  return findings.some(({ check, mark }) => check === 'tls.certificate' && mark === 'broken');
}
