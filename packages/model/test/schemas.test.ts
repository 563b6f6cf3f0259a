import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { jsonSchemas } from '../src/index.js'

const folder = fileURLToPath(new URL('../../../schema', import.meta.url))

describe('the committed JSON Schemas', () => {
  it.each(Object.entries(jsonSchemas()))(
    '%s is what the code says; else run node scripts/write-schemas.mjs',
    (name, text) => {
      expect(readFileSync(`${folder}/${name}`, 'utf8')).toBe(text)
    },
  )

  it('are all there is in schema/', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(jsonSchemas()).sort())
  })

  it('accept a target and refuse an unknown key in it', () => {
    const validate = new Ajv2020({ strict: false }).compile(
      JSON.parse(readFileSync(`${folder}/target.schema.json`, 'utf8')),
    )
    const target = { language: 'go', stack: ['chi'], summary: 'x', scenarios: ['predict'] }
    expect(validate(target)).toBe(true)
    expect(validate({ ...target, langauge: 'go' })).toBe(false)
  })
})
