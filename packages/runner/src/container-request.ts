import { TARGET_PORT } from '@bakeoff/core'
import type { Caps } from '@bakeoff/model'
import type { ContainerRequest } from './ports.js'

/** The port on which every target listens, inside its container. */
export const PORT = TARGET_PORT

/** A request for a container with only an image and caps. */
export function plainContainer(name: string, imageId: string, caps: Caps): ContainerRequest {
  return {
    name,
    image: imageId,
    caps,
    environment: {},
    command: null,
    readOnly: true,
    tmpfs: [],
    shmBytes: null,
    user: null,
    healthcheck: null,
    aliases: [],
    interactive: false,
  }
}
