export { ArchiveFile } from './archive.js'
export type { ArchivedName } from './archive-names.js'
export { imageLabels } from './build.js'
export { buildsAtOnce } from './build-limits.js'
export { committedSeconds } from './build-seconds.js'
export {
  type ExchangeOptions,
  type LeftOut,
  type Loaded,
  loadImages,
  type Pulled,
  pullImages,
  pushImages,
  type Shelf,
  saveImages,
  shelvesOf,
} from './exchange.js'
export { createImages, type Images, type ImagesOptions } from './images.js'
export { type LocalImage, localImage } from './lookup.js'
export { needsOf } from './needs.js'
export { parseRegistry, type RegistryPlace } from './registry-name.js'
export { removeBuiltImages } from './remove.js'
export { type Requirement, requirements } from './requires.js'
