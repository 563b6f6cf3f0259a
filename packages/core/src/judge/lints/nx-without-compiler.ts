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
    // Without a compiler a native backend still computes natively, one operation at a time.
    const native = backend !== null && !NOTHING.test(backend.trim())
    if (native) return []
    return [
      {
        message: `Nx has no compiler (nx_compiler is ${compiler === '' ? 'empty' : compiler}${backend === null ? '' : `, nx_backend ${backend || 'empty'}`})`,
        consequence:
          'Every tensor operation is interpreted in Elixir. The author of the published comparison added the forgotten option later and went from 55.9 to 1,141 requests/s.',
        hint: 'Set a compiler for serving (defn_options: [compiler: EXLA]) or a native default backend (Torchx.Backend).',
      },
    ]
  },
})
