import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../../../shared/errors.ts'
import { callerOf, type Caller } from '../apiKeys.ts'
import type { RoomServer } from '../RoomServer.ts'
import type { StoredRoom } from '../store/rooms.ts'
import type { Store } from '../store/Store.ts'
import { noSuchRoom } from '../Directory.ts'

/** What the handlers work with. */
export interface Api {
  rooms: RoomServer
  store: Store
}

/** Requests of a program whose key is known. */
export interface KeyEnv {
  Variables: { caller: Caller }
}

/** Lets in who shows a key: `Authorization: Bearer KEY`. */
export function withKey({ store }: Api) {
  return createMiddleware<KeyEnv>(async (c, next) => {
    const key = bearerOf(c.req.header('authorization'))
    if (key === null) throw new AppError('unauthorized', 'Show a key: Authorization: Bearer KEY')
    c.set('caller', await callerOf(store, key))
    await next()
  })
}

export function bearerOf(header: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null
}

/** Whence someone asks; null where that is not known. */
export const addressOf = (c: Context): string | null => getConnInfo(c).remote.address ?? null

/** The same, where nobody hands the request on for someone else, as a proxy does; null where somebody does. */
export function ownAddressOf(c: Context): string | null {
  const isHandedOn = ['x-forwarded-for', 'forwarded', 'via'].some((name) => c.req.header(name) !== undefined)
  return isHandedOn ? null : addressOf(c)
}

/** A room of the caller's tenant. Throws `roomNotFound`. */
export async function roomOf({ rooms }: Api, { tenant }: Caller, ref: string, codeOnly = false): Promise<StoredRoom> {
  const { directory } = rooms
  const room = await (codeOnly ? directory.findByCode(tenant.id, ref) : directory.find(tenant.id, ref))
  if (!room) throw noSuchRoom()
  return room
}
