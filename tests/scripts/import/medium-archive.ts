import type { PackedFile } from './mastodon-archive.ts';

export interface MediumFacts {
  readonly title: string;
  readonly subtitle?: string;
  /** The text below title and subtitle. */
  readonly body?: string;
  /** False for what has no heading of its own, as answers have none. */
  readonly heading?: boolean;
  readonly id?: string;
  readonly published?: string | undefined;
  readonly canonical?: string;
}

/** A page of `posts/`, as Medium writes it. */
export function mediumPage(facts: MediumFacts): string {
  const { title, subtitle, id = '4fce463790f9', body = '<p name="a" class="graf graf--p">Hello.</p>' } = facts;
  const published = 'published' in facts ? facts.published : '2019-01-09T06:16:00.766Z';
  const heading =
    facts.heading === false ? '' : `<h3 name="t" id="t" class="graf graf--h3 graf--leading graf--title">${title}</h3>`;
  const below =
    subtitle === undefined ? '' : `<h4 name="s" class="graf graf--h4 graf-after--h3 graf--subtitle">${subtitle}</h4>`;
  const footer =
    published === undefined
      ? `<p><a href="https://medium.com/p/${id}">View original.</a></p>`
      : `<p>By <a href="https://medium.com/@mara" class="p-author h-card">Mara</a> on <a href="https://medium.com/p/${id}"><time class="dt-published" datetime="${published}">January 9, 2019</time></a>.</p><p><a href="${facts.canonical ?? `https://medium.com/@mara/the-gate-${id}`}" class="p-canonical">Canonical link</a></p>`;
  return `<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>${title}</title><style>
      * { font-family: Georgia, Cambria, "Times New Roman", Times, serif; }
    </style></head><body><article class="h-entry">
<header>
<h1 class="p-name">${title}</h1>
</header>
<section data-field="subtitle" class="p-summary">
${subtitle ?? 'Hello.'}
</section>
<section data-field="body" class="e-content">
<section name="f" class="section section--body section--first section--last"><div class="section-divider"><hr class="section-divider"></div><div class="section-content"><div class="section-inner sectionLayout--insetColumn">${heading}${below}${body}</div></div></section>
</section>
<footer>${footer}<p>Exported from <a href="https://medium.com">Medium</a> on April 12, 2019.</p></footer></article></body></html>`;
}

/** One of everything, as the end-to-end test takes it. */
export function wholeMediumArchive(): PackedFile[] {
  return [
    { name: 'README.html', data: '<p>Your archive</p>' },
    { name: 'claps/claps-0001.html', data: 'nobody reads this' },
    { name: 'ips/ips-0001.html', data: 'nor this' },
    { name: 'profile/profile.html', data: 'nor this' },
    {
      name: 'posts/2019-01-09_The-gate-4fce463790f9.html',
      data: mediumPage({
        title: 'The gate &amp; me',
        subtitle: 'What a gate is',
        body: `<p name="a" class="graf graf--p">A <strong class="markup--strong">gate</strong> and <a href="https://example.com/" data-href="https://example.com/" class="markup--anchor" rel="noopener" target="_blank">more</a>.</p><figure name="b" class="graf graf--figure"><img class="graf-image" data-image-id="1*x.png" data-width="4" data-height="3" src="https://cdn-images-1.medium.com/max/800/1*x.png"><figcaption class="imageCaption">Old</figcaption></figure><pre name="c" class="graf graf--pre">a &lt; b<br>  c</pre></div></div></section><section class="section"><div class="section-divider"><hr class="section-divider"></div><div class="section-content"><p class="graf graf--p">After.</p>`,
      }),
    },
    {
      name: 'posts/2019-02-01_I-do-not-think-so-0123456789ab.html',
      data: mediumPage({
        title: 'I do not think so…',
        heading: false,
        id: '0123456789ab',
        canonical: 'https://medium.com/@mara/i-do-not-think-so-0123456789ab',
        body: '<p class="graf graf--p">I do not think so at all.</p>',
      }),
    },
    {
      name: 'posts/draft_Not-yet-e32a27b7855.html',
      data: mediumPage({ title: 'Not yet', id: 'e32a27b7855', published: undefined }),
    },
  ];
}
