/**
 * What a page runs later, if at all: Chart.js, the drawings and their pictures, and the files for download. It is the larger part of the
 * page's code, so it stands in the page packed (`later-code.ts`), and is neither read nor run before something asks for it.
 */
export { DRAWINGS } from './charts/index.js'
export { Chart } from './charts/library.js'
export { chartInPieces } from './charts/pieces.js'
export { download } from './downloads.js'
export { pictureOf } from './picture.js'
