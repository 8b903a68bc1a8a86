export { escapeHtml, escapeXml } from '../federation/html-text.ts';
