import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { expect, it } from 'vitest';
import { OWN_REPLIES_PATH } from '../../../federation/own-replies.ts';
import { DEFAULT_RULES, RULES_PATH, type Rules } from '../../../federation/rules.ts';
import { writeSite } from '../routes/world.ts';
import { start, useWorld } from './serving.ts';

const world = useWorld();

const rules: Rules = {
  ...DEFAULT_RULES,
  blocks: { accounts: [], hosts: [{ name: 'whom-we-block.example', severity: 'block', source: 'blocks.csv' }] },
};

const ADDRESSES = [
  '/.rules.json',
  '//.rules.json',
  '/.rules.json/',
  '/.rules.json?',
  '/%2erules.json',
  '/%2Erules%2Ejson',
  '/./.rules.json',
  '/ap/../.rules.json',
  '/ap/%2e%2e/.rules.json',
  '/ap/..%2f.rules.json',
  '/ap/..%5c.rules.json',
  '/.rules.json%00',
  '/.RULES.JSON',
  '/.scheduled/../.rules.json',
];

it.each([...ADDRESSES, ...ADDRESSES.map((address) => address.replace(/rules/i, 'own-replies'))])(
  'what lies beside the site for the server alone has no address: %s',
  async (path) => {
    const own = { version: 1, author: 'whom-we-block' };
    writeSite(world().siteFolder, {
      [RULES_PATH]: JSON.stringify(rules),
      [OWN_REPLIES_PATH]: JSON.stringify(own),
      [`/.scheduled/20261123T110000Z${OWN_REPLIES_PATH}`]: JSON.stringify(own),
    });
    expect((await world().deps.site.rules()).blocks).toEqual(rules.blocks);
    const { url } = await start();
    for (const accept of ['application/activity+json', '*/*']) {
      const response = await fetch(url + path, { headers: { accept } });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(await response.text()).not.toContain('whom-we-block');
    }
  },
);

const hidden = (path: string) => [path, `${path}/*`, path.replace('.', '%2e'), path.replace('.', '%2E')];

it.each([...hidden(RULES_PATH), ...hidden(OWN_REPLIES_PATH)])(
  'on Netlify, which serves every file of the site, they are a forced 404: %s',
  (from) => {
    const settings = parse(readFileSync(new URL('../../../netlify.toml', import.meta.url), 'utf8'));
    expect(settings.redirects).toContainEqual({ from, to: '/404.html', status: 404, force: true });
  },
);
