import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { AppError } from '../../../shared/errors.ts'
import { MAX_MESSAGE_BYTES } from '../../../shared/protocol.ts'
import { version } from '../version.ts'
import type { MiddlewareHandler } from 'hono'
import { withKey, type Api, type KeyEnv } from './access.ts'
import { answersOnce } from './Answers.ts'
import { serveHistory } from './history.ts'
import { serveMembers } from './members.ts'
import { serveRooms } from './rooms.ts'
import { serveTokens } from './tokens.ts'

/**
 * The REST interface, version 1: for programs with a key, unless `identify` knows them otherwise. What it takes and answers is written
 * once, in its schemas.
 */
export function makeApi(api: Api, identify: MiddlewareHandler<KeyEnv> = withKey(api)): OpenAPIHono<KeyEnv> {
  const app = makeRouter<KeyEnv>()
  const about = {
    openapi: '3.1.0',
    info: {
      title: 'Lanyard',
      version,
      description: 'Rooms, their members, and tokens that let people in.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    tags: [
      { name: 'Rooms', description: 'Rooms and what is set of them.' },
      { name: 'Members', description: 'Who has a lasting place in a room, whether here or not.' },
      { name: 'History', description: 'Who was in a room, what was said and done there, and how it is used.' },
      { name: 'Tokens', description: 'What lets people into one room.' },
      { name: 'Tenant', description: 'Whose key it is.' },
    ],
  }
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key, as `lanyard key create` prints it.',
  })
  app.get('/openapi.json', (c) => c.json(app.getOpenAPI31Document(about)))
  app.use(limited, identify, answersOnce())
  serveRooms(app, api)
  serveMembers(app, api)
  serveHistory(app, api)
  serveTokens(app, api)
  return app
}

/** A router whose validation fails as everything here does: with a code, and the path of what is wrong. */
export function makeRouter<E extends object>(): OpenAPIHono<E> {
  return new OpenAPIHono<E>({
    defaultHook: (result) => {
      if (result.success) return
      const [issue] = result.error.issues
      const path = issue?.path.join('.') ?? ''
      throw new AppError('badRequest', `${path ? `${path}: ` : ''}${issue?.message ?? 'wrong'}`, { details: { path } })
    },
  })
}

export const limited = bodyLimit({
  maxSize: MAX_MESSAGE_BYTES,
  onError: async (c) => {
    // Read to its end, or a client that still sends would find the connection closed instead of an answer.
    const { body } = c.req.raw
    if (body && !body.locked) await body.pipeTo(new WritableStream())
    throw new AppError('tooLarge', 'A request has a million bytes at most')
  },
})
