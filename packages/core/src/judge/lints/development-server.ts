import { defineLint } from './define.js'

export const developmentServer = defineLint({
  id: 'development-server',
  description: 'The target uses a server that is made for development.',
  isGrave: true,
  find: ({ info }) =>
    info?.developmentServer
      ? [
          {
            message: `${info.server ?? 'the server'} runs as a development server`,
            consequence:
              'Its figures show what a developer sees on a laptop, and say nothing about the stack in production.',
            hint: 'Serve with a production server; keep this as a variant when a published comparison did the same.',
          },
        ]
      : [],
})
