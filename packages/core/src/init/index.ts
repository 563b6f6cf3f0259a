export { servicesOfBegun, withScenario } from './begun.js'
export { COMPOSE_FILES, type NamedService, readNamedServices } from './compose-file.js'
export {
  builtIn,
  DOCKERFILES,
  type Found,
  type FoundImage,
  type FoundService,
  findServices,
  type Repository,
  type RepositoryFolder,
  serviceOfImage,
} from './found.js'
export { MANIFESTS, type Unreadable } from './manifests.js'
export { type Beginning, type InitPlan, type PlannedFile, PROJECT_FOLDER, planFiles } from './plan-files.js'
export { type Surroundings, surroundingsOf } from './surroundings.js'
