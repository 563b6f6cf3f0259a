/** A path below the folder of a page, each part encoded: a run's name must not become a script or another site. */
export function hrefOf(path: string): string {
  return `./${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .map(encodeURIComponent)
    .join('/')}`
}
