export * from './exit.js'
export * from './project.js'
export * from './run-folder.js'
