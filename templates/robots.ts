import { absolute, type Theme } from './theme.ts';

/** `robots.txt`: all is open, the sitemap is named. */
export function renderRobots(theme: Theme): string {
  return `User-agent: *\nAllow: /\n\nSitemap: ${absolute(theme, '/sitemap.xml')}\n`;
}
