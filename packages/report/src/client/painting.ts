/** What draws: Chart.js, the drawings and the pictures of them. Running its code takes longer than mounting a page, so it is imported when something is to be drawn. */
export { DRAWINGS } from './charts/index.js'
export { Chart } from './charts/library.js'
export { pictureOf } from './picture.js'
