/** Files of other programs from which scenarios are made, as far as they are read: what is not named here is passed over. */
import { z } from 'zod'

const harHeaders = z.array(z.object({ name: z.string(), value: z.string() })).default([])

/** HAR 1.2, as browsers and proxies save it. */
export const harFile = z.object({
  log: z.object({
    entries: z.array(
      z.object({
        request: z.object({
          method: z.string(),
          url: z.string(),
          headers: harHeaders,
          postData: z
            .object({
              mimeType: z.string().default(''),
              text: z.string().optional(),
              params: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional(),
            })
            .nullish(),
        }),
        response: z
          .object({
            status: z.number(),
            headers: harHeaders,
            content: z
              .object({
                mimeType: z.string().optional(),
                size: z.number().optional(),
                text: z.string().optional(),
                encoding: z.string().optional(),
              })
              .nullish(),
          })
          .nullish(),
      }),
    ),
  }),
})
export type HarFile = z.infer<typeof harFile>
export type HarEntry = HarFile['log']['entries'][number]

/** OpenAPI 3, of which the rest is read by hand: much in it may stand elsewhere (`$ref`). */
export const openApiFile = z.looseObject({
  openapi: z.string().optional(),
  swagger: z.unknown().optional(),
  paths: z.record(z.string(), z.unknown()).optional(),
})
export type OpenApiFile = z.infer<typeof openApiFile>

/** A docker-compose file, whose services are read member by member, each with its place where it is refused. */
export const composeFile = z.looseObject({
  services: z.record(z.string(), z.record(z.string(), z.unknown())),
})
export type ComposeFile = z.infer<typeof composeFile>
