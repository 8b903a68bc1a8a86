import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readForeignMarkup } from '../../build/foreign-markup.ts';

const plain = (body: string): string => readForeignMarkup(body).body;

describe('template code whose meaning is clear', () => {
  test.each([
    [
      'Jekyll: highlight',
      '{% highlight ruby linenos %}\nputs "{{ x }}"\n{% endhighlight %}',
      '~~~~~~ruby\nputs "{{ x }}"\n~~~~~~',
    ],
    ['Hugo: highlight', '{{< highlight go "hl_lines=2" >}}\nx\n{{< /highlight >}}', '~~~~~~go\nx\n~~~~~~'],
    ['raw on one line', 'a {% raw %}{{ b }}{% endraw %} c', 'a {{ b }} c'],
    ['raw over lines', '{% raw %}\n{{ b }}\n{% endraw %}\nc', '\n{{ b }}\n\nc'],
    ['Liquid comment on one line', 'a{% comment %} secret {% endcomment %}b', 'ab'],
    ['Liquid comment over lines', 'a\n{% comment %}\nsecret\n{% endcomment %}\nb', 'a\n\n\n\nb'],
    ['Hugo comment', 'a {{/* secret */}} b', 'a  b'],
    [
      'post_url and link',
      '[x]({% post_url 2014-01-02-y %}) [z]({% link _posts/2014-01-02-z.md %})',
      '[x](/posts/2014-01-02-y.md) [z](/2014-01-02-z.md)',
    ],
    [
      'site.baseurl and relative_url',
      '![x]({{ site.baseurl }}/a.png) ![y]({{ "/b.png" | relative_url }})',
      '![x](/a.png) ![y](/b.png)',
    ],
    ['ref and relref', '[x]({{< ref "a.md#b" >}}) [y]({{% relref "c" %}})', '[x](a.md#b) [y](c.md)'],
    ['figure', '{{< figure src="a b.png" alt="An [A]" caption="Cap" >}}', '![An A](<a b.png> "Cap")'],
    [
      "figure in Hugo's other form, and img",
      '{{% img src="/a.png" class="right" alt="A" %}} {{< img "b.jpg" >}}',
      '![A](</a.png>) ![](<b.jpg>)',
    ],
    ['Eleventy: image', '{% image "./a.png", "An [A]", [400, 800] %}', '![An A](<./a.png>)'],
    [
      'players',
      '{{< youtube id="a_-1" >}} {% youtubeEmbed "b" %} {{% vimeo 12 %}} {% gist me/34 %}',
      '<https://www.youtube.com/watch?v=a_-1> <https://www.youtube.com/watch?v=b> <https://vimeo.com/12> <https://gist.github.com/me/34>',
    ],
    [
      'Hexo: codeblock',
      '{% codeblock lang:js wrap:false %}\nx\n{% endcodeblock %}\n{% codeblock %}\ny\n{% endcodeblock %}',
      '~~~~~~js\nx\n~~~~~~\n~~~~~~\ny\n~~~~~~',
    ],
    [
      'Hexo: asset_img and note',
      '{% note warn %}\n{% asset_img a.png 10 10 "An A" %}\n{% endnote %}',
      '\n![An A](<a.png>)\n',
    ],
    ['raw in an item of a list', '* a\n\n    {% raw %}`{% x %}`{% endraw %} b', '* a\n\n    `{% x %}` b'],
    ['an alert, and the place of a table of contents', '[[toc]]\n> [!TIP]\n> x\n\n[TOC]', '\n> **Tip**\\\n> x\n\n'],
    ['Eleventy: highlight', '{% highlight "js" %}\nx\n{% endhighlight %}', '~~~~~~js\nx\n~~~~~~'],
    ["kramdown's attributes", 'Text\n{: .lead}', 'Text\n'],
  ])('%s', (_, body, expected) => {
    expect(readForeignMarkup(body)).toEqual({ body: expected, warnings: [] });
  });
});

describe("the file's own values", () => {
  const data = { title: 'A gate', url: 'https://x.example/', list: ['a'] };

  test('stand where the body names them', () => {
    const body = '[{{ title }}]({{ page.url }}) {{ title | escape }} `{{ title }}`';
    expect(readForeignMarkup(body, data)).toEqual({
      body: '[A gate](https://x.example/) A gate `{{ title }}`',
      warnings: [],
    });
  });

  test('only what the file says itself, as text', () => {
    const body = '{{ list }} {{ constructor }} {{ other }}';
    expect(readForeignMarkup(body, data).body).toBe(body);
  });
});

test('a link whose address cannot be known keeps its words, with a warning', () => {
  const body = 'a\n([see #1]({{ site.repository }}/issues/1)) ![x]({% asset y %})';
  expect(readForeignMarkup(body)).toEqual({
    body: 'a\n(see #1) x',
    warnings: [
      {
        line: 2,
        message:
          'an address made by template code ({{ site.repository }}/issues/1) cannot be known here; its link is left out',
      },
      {
        line: 2,
        message: 'an address made by template code ({% asset y %}) cannot be known here; its link is left out',
      },
    ],
  });
});

describe('everything else', () => {
  test('stays as text, with a warning at its line', () => {
    const body = 'a\n{% include x.html %}\n{{< tabs abc >}} {{ page.title }}';
    expect(readForeignMarkup(body)).toEqual({
      body,
      warnings: [
        { line: 2, message: 'template code "{% include…" is not run here and stays as text' },
        { line: 3, message: 'template code "{{< tabs…" is not run here and stays as text' },
      ],
    });
  });

  test.each([
    ['a fence', '```liquid\n{% highlight x %}\n{{ y }}\n```'],
    ['a fence of tildes with backticks in it', '~~~\n```\n{{ y }}\n~~~'],
    ['indented code', '    {{ y }}'],
    ['code in a line', 'The `{{ site.baseurl }}` and ``{% raw %} ` `` tags.'],
  ])('code is not touched: %s', (_, body) => {
    expect(readForeignMarkup(body)).toEqual({ body, warnings: [] });
  });

  test('a body without template code is the same text', () => {
    expect(plain('{ a } {b} 100% { %')).toBe('{ a } {b} 100% { %');
  });

  test('no text makes it throw, and its lines keep their numbers', () => {
    const piece = fc.constantFrom(
      '{% raw %}',
      '{% endraw %}',
      '{% highlight x %}',
      '{% endhighlight %}',
      '{% comment %}',
      '{% endcomment %}',
      '{{/*',
      '*/}}',
      '\n',
      '```',
      '`',
      '{{ x }}',
      '{{< figure src="a" >}}',
      'text',
      '{: .x}',
      '    ',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join('')),
        (body) => {
          expect(plain(body).split('\n')).toHaveLength(body.split('\n').length);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
