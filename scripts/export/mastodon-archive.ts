import type { Settings } from '../../build/settings.ts';
export interface MastodonExported {
  file: string;
  bytes: number;
  posts: number;
  boosts: number;
  likes: number;
  media: number;
  followers: number;
  following: number;
  blocks: number;
}
export async function exportMastodon(_: Settings, __: object): Promise<MastodonExported> {
  throw new Error('x');
}
