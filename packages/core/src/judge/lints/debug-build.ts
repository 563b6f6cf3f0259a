import { defineLint } from './define.js'

export const debugBuild = defineLint({
  id: 'debug-build',
  description: 'The target was built without optimisation, or with checks for debugging.',
  isGrave: true,
  find: ({ info }) =>
    info?.debugBuild
      ? [
          {
            message: 'the target reports a debug build',
            consequence: 'Compiled code can be ten times slower without optimisation.',
            hint: 'Build for release in its Dockerfile (cargo build --release, no -gcflags=-N, MIX_ENV=prod, NODE_ENV=production).',
          },
        ]
      : [],
})
