/**
 * Groups of buttons as toolbars: each is one stop of the Tab key, and arrow keys go from button to button. A report of twelve
 * targets has forty buttons above its first table.
 */
export function makeToolbars(root: Document): HTMLElement[] {
  const bars = [...root.querySelectorAll<HTMLElement>('.segmented, .buttons, .chips')]
  for (const bar of bars) {
    bar.setAttribute('role', 'toolbar')
    bar.addEventListener('focusin', ({ target }) => setStop(bar, target))
    bar.addEventListener('keydown', (event) => {
      const next = nextOf(buttonsOf(bar), event)
      if (!next) return
      event.preventDefault()
      next.focus()
    })
  }
  return bars
}

/** Gives each toolbar its stop: where it was, or the button that is pressed, or the first. Buttons come and go with the scenario. */
export function setStops(bars: readonly HTMLElement[]): void {
  for (const bar of bars) {
    const buttons = buttonsOf(bar)
    const stops = buttons.filter(({ tabIndex }) => tabIndex === 0)
    if (stops.length === 1) continue
    setStop(bar, buttons.find((button) => button.getAttribute('aria-pressed') === 'true') ?? buttons[0])
  }
}

function buttonsOf(bar: HTMLElement): HTMLButtonElement[] {
  return [...bar.querySelectorAll('button')].filter((button) => button.closest('[hidden]') === null)
}

function setStop(bar: HTMLElement, stop: EventTarget | null | undefined): void {
  for (const button of bar.querySelectorAll('button')) button.tabIndex = button === stop ? 0 : -1
}

function nextOf(buttons: readonly HTMLButtonElement[], { key, target }: KeyboardEvent): HTMLButtonElement | undefined {
  const at = buttons.findIndex((button) => button === target)
  if (at < 0) return undefined
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return buttons[(at + 1) % buttons.length]
    case 'ArrowLeft':
    case 'ArrowUp':
      return buttons.at(at - 1)
    case 'Home':
      return buttons[0]
    case 'End':
      return buttons.at(-1)
    default:
      return undefined
  }
}
