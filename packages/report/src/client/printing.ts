/** The hooks of printing: all pages, every detail open, charts as wide as the sheet, light colours. Afterwards the page is as it was. */
export interface Printing {
  readonly begin: () => void
  readonly end: () => void
}

export function onPrint(root: Document, { begin, end }: Printing): void {
  let opened: HTMLDetailsElement[] = []
  let printing = false
  const start = () => {
    if (printing) return
    printing = true
    root.documentElement.classList.add('printing')
    begin()
    // After the beginning, which brings up pages that nobody opened; a menu has no place on paper.
    // The brief is one sheet: of its details only the reasons of its trust are on it.
    const which = root.documentElement.classList.contains('brief') ? '.trust' : ':not(.share)'
    opened = [...root.querySelectorAll<HTMLDetailsElement>(`details${which}:not([open])`)]
    for (const details of opened) details.open = true
  }
  const stop = () => {
    if (!printing) return
    printing = false
    for (const details of opened) details.open = false
    root.documentElement.classList.remove('printing')
    end()
  }
  addEventListener('beforeprint', start)
  addEventListener('afterprint', stop)
  // Emulated print media and some browsers report printing only through the media query.
  matchMedia('print').addEventListener('change', ({ matches }) => (matches ? start() : stop()))
}
