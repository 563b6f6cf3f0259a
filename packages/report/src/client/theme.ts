/** The theme of the page. The choice is remembered where the browser gives a page from disk a storage. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'bakeoff-theme'

export function rememberedTheme(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system' // no storage for this page: nothing is lost but the choice
  }
}

export function setTheme(root: Document, theme: Theme): void {
  root.documentElement.dataset.theme = theme
  for (const button of root.querySelectorAll<HTMLElement>('[data-theme-choice]')) {
    button.setAttribute('aria-pressed', String(button.dataset.themeChoice === theme))
  }
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // no storage for this page: the choice lasts until it is closed
  }
}
