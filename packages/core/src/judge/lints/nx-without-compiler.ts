import { defineLint } from './define.js'

/** The values that Nx or a target reports when nothing compiles its numerical definitions. */
const NOTHING = /^(|none|nil|null|false|.*\bevaluator|.*\bbinary_?backend)$/i

export const nxWithoutCompiler = defineLint({
  id: 'nx-without-compiler',
  description: 'Nx runs without a compiler or native backend.',
  isGrave: true,
  find: ({ info }) => {
    const flags = info?.flags ?? {}
    if (!('nx_compiler' in flags)) return []
    const compiler = String(flags['nx_compiler'] ?? '')
    const backend = flags['nx_backend'] === undefined ? null : String(flags['nx_backend'] ?? '')
    if (!NOTHING.test(compiler.trim())) return []
    // A native backend computes natively without one, one operation at a time. Torchx has no compiler; EXLA is one, and as a
    // backend alone it is what the author had forgotten to go beyond.
    const isNative = backend !== null && !NOTHING.test(backend.trim())
    const isExla = isNative && /\bexla\b/i.test(backend)
    if (isNative && !isExla) return []
    return [
      {
        message: `Nx has no compiler (nx_compiler is ${compiler === '' ? 'empty' : compiler}${backend === null ? '' : `, nx_backend ${backend || 'empty'}`})`,
        consequence: `${isExla ? 'EXLA runs each operation of the model by itself' : 'Every tensor operation is interpreted in Elixir'}. The author of the published comparison added the forgotten option later and went from 55.9 to 1,141 requests/s.`,
        hint: 'Set a compiler for serving (defn_options: [compiler: EXLA]) or a native default backend (Torchx.Backend).',
      },
    ]
  },
})
