import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { figure, withExplanations } from '../src/html/figure.js'
import { firstUnfolded, folded } from '../src/html/folded.js'
import { html, jsonForScript } from '../src/html/html.js'
import { packable, packedParts } from '../src/html/packed-parts.js'
import { known, table, unknown } from '../src/html/table.js'
import { md, mdCode, mdTable } from '../src/markdown.js'
import { fromBase91 } from '../src/shared/base91.js'

describe('html', () => {
  it('escapes what is put in, and leaves what is written', () => {
    expect(html`<b title="${`"'&`}">${'<img onerror=x>'}</b>`.text).toBe(
      '<b title="&quot;&#39;&amp;">&lt;img onerror=x&gt;</b>',
    )
  })

  it('takes replacement patterns for text', () =>
    expect(html`<p>${"$& $1 $' $`"}</p>`.text).toBe('<p>$&amp; $1 $&#39; $`</p>'))

  it('joins lists, nests, and shows nothing for what is not there', () => {
    expect(html`<ul>${[1, 'a', html`<li>`, null, undefined, false, [0]]}</ul>`.text).toBe('<ul>1a<li>0</ul>')
  })

  it('writes JSON that can neither end its script nor begin a comment, and still reads the same', () => {
    const value = { a: '</script><!--<script>', b: '\u2028\u2029', c: "$&$'" }
    const { text } = jsonForScript(value)
    expect(text).not.toMatch(/[<\u2028\u2029]/)
    expect(JSON.parse(text)).toEqual(value)
  })
})

describe('a table', () => {
  const rows = [
    { name: 'a', value: 6503.4 },
    { name: '<b>', value: null },
    { name: 'c', value: null },
  ]
  const text = table<(typeof rows)[number]>({
    caption: 'Figures of <x>',
    columns: [
      { head: 'Name', names: true, field: ({ name }) => name },
      { head: 'Value', field: ({ value }) => known(value, String, 'was not read'), sort: ({ value }) => value },
      { head: 'Bytes', field: () => '10 KiB', sort: () => 10_240 },
      { head: 'Why', align: 'start', field: () => unknown('was lost') },
    ],
    rows,
    subject: ({ name }) => (name === 'a' ? 7 : null),
    sortable: true,
  }).text

  it('shows a dash for what is not known, and each reason once', () => {
    expect(text.match(/–<sup>a<\/sup>/g)).toHaveLength(3)
    expect(text.match(/–<sup>b<\/sup>/g)).toHaveLength(2)
    expect(text.match(/was not read/g)).toHaveLength(1)
    expect(text).toContain('<sup>a</sup> was lost')
  })

  it('says by what a cell is sorted only where the cell does not show it', () => {
    expect(text).toContain('<td>6503.4')
    expect(text).toContain('<td data-v=10240>10 KiB')
  })

  it('escapes names, and marks only rows that have a subject', () => {
    expect(text).toContain('<th>&lt;b&gt;')
    expect(text.match(/data-s=/g)).toEqual(['data-s='])
    expect(text).toContain('aria-label="Figures of &lt;x&gt;"')
  })

  it('has a line above the rows that stand aside, across all columns', () => {
    const { text: divided } = table<(typeof rows)[number]>({
      caption: 'x',
      columns: [
        { head: 'Name', names: true, field: ({ name }) => name },
        { head: 'Value', field: ({ value }) => value },
      ],
      rows,
      divider: { before: 1, text: 'Not compared' },
    })
    expect(divided).toMatch(/<th>a<td>6503\.4<tr class="divider"><td colspan=2>Not compared<tr>/)
  })

  it('says what is empty instead of showing a head without rows', () => {
    const none = table({ caption: 'x', columns: [], rows: [], empty: 'There are no runs.' }).text
    expect(none).toBe('<p class="none">There are no runs.</p>')
  })
})

describe('explanations', () => {
  const one = (howTo: string) =>
    figure({ chart: 'bars', title: 't', condition: [], howTo, table: html`<table></table>` })

  it('stand once at the end of a page, and the charts say which is theirs', () => {
    const { text } = withExplanations(html`${['First.', 'Second.', 'First.', 'Second.'].map(one)}`)
    expect(text.match(/First\.|Second\./g)).toEqual(['First.', 'Second.'])
    expect(text.match(/data-like=\d/g)).toEqual(['data-like=0', 'data-like=1', 'data-like=0', 'data-like=1'])
    expect(text).toMatch(/<aside class="hows"[^>]*><p>First\.<p>Second\.<\/aside>$/)
  })

  it('are joined by long legends that several tables have', () => {
    const legend = (words: string) => html`<p class="legend">${words}</p>`
    const long = 'Two targets share a letter exactly when they are not told apart. '.repeat(2)
    const { text } = withExplanations(html`${[long, 'Short.', long, 'Short.', `${long}!`].map(legend)}`)
    expect(text.match(/<p class=legend data-like=0><\/p>/g)).toHaveLength(2)
    expect(text.match(/<p class="legend">Short\.<\/p>/g)).toHaveLength(2)
    expect(text).toContain(`<p class="legend">${long}!</p>`)
  })
})

describe('folded content', () => {
  it('is text to a browser with scripts, and holds nothing that could end it', () =>
    expect(folded('</noscript><b>').text).toBe('<noscript>&lt;/noscript&gt;&lt;b&gt;</noscript>'))

  it('is folded once', () => expect(() => folded([html`<p></p>`, folded('a')])).toThrow(RangeError))

  it('is open where a page begins with it', () => {
    const part = (classes: string) => html`<div class="${classes}">${folded(html`<p>a</p>`)}</div>`
    expect(firstUnfolded(html`${part('part first')}${part('part')}`).text).toBe(
      '<div class="part first"><p>a</p></div><div class="part"><noscript><p>a</p></noscript></div>',
    )
  })
})

describe('parts of loads that do not rank', () => {
  const pageOf = (...contents: string[]) =>
    html`${contents.map((content, scenario) => html`<div class="part">${packable(scenario, html`<p>${content}</p>`)}</div>`)}`

  it('are folded as others are where they are short', () => {
    const { pages, parts } = packedParts(pageOf('a', 'b'))
    expect(parts).toBeNull()
    expect(pages.text).toBe(
      '<div class="part"><noscript><p>a</p></noscript></div><div class="part"><noscript><p>b</p></noscript></div>',
    )
  })

  it('are taken out where they are long, those of a scenario into one element, which nothing in them can end', () => {
    const long = `</script>$&${'a'.repeat(200_000)}`
    const { pages, parts } = packedParts(html`${pageOf(long, 'b')}${pageOf('c')}`)
    expect(pages.text.match(/<noscript.*?<\/noscript>/g)).toEqual([
      '<noscript data-packed=0></noscript>',
      '<noscript data-packed=1></noscript>',
      '<noscript data-packed=0></noscript>',
    ])
    const stored = [
      ...(parts?.text ?? '').matchAll(/<script type="application\/octet-stream" id="parts-(\d)">(.*?)<\/script>/g),
    ]
    const unpacked = stored.map(([, scenario, data = '']) => [
      scenario,
      JSON.parse(gunzipSync(fromBase91(data)).toString()),
    ])
    const { text: escaped } = html`<p>${long}</p>`
    expect(unpacked).toEqual([
      ['0', [escaped, '<p>c</p>']],
      ['1', ['<p>b</p>']],
    ])
    expect(stored.map(([whole]) => whole).join('')).toBe(parts?.text)
  })
})

describe('markdown', () => {
  it.each([
    { text: 'a|b', expected: 'a\\|b', because: 'a cell stays a cell' },
    { text: '<img onerror=x>', expected: '&lt;img onerror=x&gt;', because: 'markup stays text' },
    { text: '[x](javascript:y)', expected: '\\[x\\]\\(javascript:y\\)', because: 'no link is made' },
    { text: 'a\n# b', expected: 'a \\# b', because: 'a line stays a line' },
    { text: '@someone $& ~~x~~', expected: '\\@someone \\$&amp; \\~\\~x\\~\\~', because: 'nobody is called' },
  ])('$because', ({ text, expected }) => expect(md(text)).toBe(expected))

  it('fences code with more backticks than it has', () => {
    expect(mdCode('npm run matrix')).toBe('`npm run matrix`')
    expect(mdCode('a `b` ``c``')).toBe('``` a `b` ``c`` ```')
  })

  it('aligns figures to the right', () => {
    expect(mdTable(['Target', 'p99 ms:'], [['go', '1.2']])).toBe('| Target | p99 ms |\n| :-- | --: |\n| go | 1.2 |')
  })
})
