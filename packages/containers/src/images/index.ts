export { ArchiveFile } from './archive.js'
export type { ArchivedName } from './archive-names.js'
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
export { ImageStore, type ImagesOptions } from './image-store.js'
export { needsOf } from './needs.js'
export { folderOfImage, type ImageFolders } from './references.js'
export { type Requirement, requirements } from './requires.js'
