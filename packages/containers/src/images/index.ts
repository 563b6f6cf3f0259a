export { imageLabels } from './build.js'
export { createImages, type Images, type ImagesOptions } from './images.js'
export { type LocalImage, localImage, removeBuiltImages } from './lookup.js'
export { type Requirement, requirements } from './requires.js'
