import type { Caps } from '@bakeoff/model'
import type { ContainerRequest } from './ports.js'

/** The port that everything under test listens on, inside its container. */
export const PORT = 8080

/** A container with nothing but its image and its caps. */
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
