/** Writes the table of figures into docs/method.md. A test fails when it is stale. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { legend } from '../packages/core/dist/index.js'
import { withFigureTable } from './figure-table.mjs'

const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'method.md')
writeFileSync(file, withFigureTable(readFileSync(file, 'utf8'), legend().figures))
