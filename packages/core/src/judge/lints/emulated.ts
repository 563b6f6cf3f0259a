import { list } from '../../words/quantities.js'
import { defineLint } from './define.js'

export const emulated = defineLint({
  id: 'emulated',
  description: 'An image is made for another processor architecture than the machine has.',
  isGrave: true,
  find: ({ plan, info, image }) => {
    const host = normal(plan.engine.architecture || plan.host.architecture)
    const found = [
      ...(image?.architecture && normal(image.architecture) !== host ? [`its image is for ${image.architecture}`] : []),
      ...(info?.architecture && normal(info.architecture) !== host ? [`its runtime reports ${info.architecture}`] : []),
    ]
    if (found.length === 0) return []
    return [
      {
        message: `${list(found)}; the engine runs on ${plan.engine.architecture}`,
        consequence: 'Every instruction is translated: figures are several times too low, and unevenly so.',
        hint: 'Build for the machine: no --platform in the Dockerfile, and a base image that has this architecture.',
      },
    ]
  },
})

/** Docker, kernels and runtimes each have their own names. */
function normal(architecture: string): string {
  const name = architecture.toLowerCase()
  if (name === 'x86_64' || name === 'x64' || name === 'amd64') return 'amd64'
  if (name === 'aarch64' || name === 'arm64' || name.startsWith('arm64')) return 'arm64'
  return name
}
