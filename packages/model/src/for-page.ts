/** What the report's page bundles of the model: without zod, which would add 60 KB to every report (report/scripts/no-schemas.mjs stands for it). */

export * from './against-words.js'
export * from './decision-figures.js'
export * from './decision-signs.js'
export * from './decision-words.js'
export * from './figure-of.js'
export * from './headline.js'
export * from './letters.js'
export * from './loads/index.js'
export * from './roles.js'
export * from './units.js'
export * from './visible-text.js'
