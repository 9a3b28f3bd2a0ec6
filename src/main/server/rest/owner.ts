import { randomUUID } from 'node:crypto'
import { createReadStream, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
import type { Capacity } from '../../../shared/capacity.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { createKey } from '../apiKeys.ts'
import { TenantId, type ServerConfig } from '../config.ts'
import { LOCAL } from '../ids.ts'
import {
  ImportedMember,
  ImportedMessage,
  ImportedRoom,
  importMembers,
  importMessages,
  importRoom,
  IMPORTED_AT_ONCE,
} from '../importing.ts'
import type { Logger } from '../log.ts'
import { copyDatabase } from '../store/backup.ts'
import { listKeys, revokeKey } from '../store/keys.ts'
import { listTenants, tenantById } from '../store/tenants.ts'
import type { Certificate } from '../tls/Certificate.ts'
import { roomOf, type Api, type KeyEnv } from './access.ts'
import { limited, makeApi } from './api.ts'
import { bodyOf } from './body.ts'
import { answerError, problem } from './problem.ts'

/** Names the tenant that a request is about; the local one where it is not there. */
export const TENANT_HEADER = 'Lanyard-Tenant'

/** What a server that runs says of itself. */
export interface RunningServer {
  url: string
  urls: string[]
  fingerprint: Fingerprint | null
  words: string[] | null
  version: string
  pid: number
  config: ServerConfig
}

export interface OwnerOptions {
  api: Api
  /** How many people this machine can hold: null until it is measured. */
  capacity: { now: () => Capacity | null; measure: () => Promise<Capacity> }
  masterKey: Uint8Array
  databaseFile: string
  /** The folder in which a copy lies until it is fetched. */
  backups: string
  /** Null where the server speaks plain HTTP, or never was started to speak anything else. */
  certificate: Certificate | null
  /** Null where the store is open for one command only. */
  running: (() => RunningServer) | null
  log: Logger
}

const owner = { kind: 'owner', id: null, name: '' } as const
const NewKey = z.object({ tenantId: TenantId, name: z.string().trim().min(1).max(64) })
const TenantChange = z.strictObject({
  name: z.string().trim().min(1).max(64).optional(),
  tier: z.string().min(1).max(32).optional(),
  active: z.boolean().optional(),
})
const Members = z.object({ members: z.array(ImportedMember).min(1).max(IMPORTED_AT_ONCE) })
const Messages = z.object({ messages: z.array(ImportedMessage).min(1).max(IMPORTED_AT_ONCE) })
/** Copies that are on their way to whoever asked for them. */
const FETCHED = /^fetched-.*\.db(\.part)?$/

/**
 * What whoever owns the data directory asks for: the REST interface, without a key, and what no network should reach. It is served
 * on the control socket, and called in process by the command line where no server runs.
 */
export function makeOwnerApp(options: OwnerOptions): Hono<KeyEnv> {
  const { api, capacity, databaseFile, backups, certificate, running, log } = options
  const context = { ...api, masterKey: options.masterKey }
  const identify = createMiddleware<KeyEnv>(async (c, next) => {
    const id = c.req.header(TENANT_HEADER) ?? LOCAL
    const tenant = await tenantById(api.store, id)
    if (!tenant) throw new AppError('tenantNotFound', `There is no tenant ${id}; \`lanyard key create --tenant ${id}\` makes it`)
    c.set('caller', { tenant, keyId: `owner of ${id}`, actor: owner })
    await next()
  })

  // Of one that has ended before its copies were fetched.
  for (const name of readdirSync(backups)) if (FETCHED.test(name)) rmSync(join(backups, name), { force: true })
  const app = new Hono<KeyEnv>()
  app.onError((error, c) => answerError(c, error, log))
  app.notFound((c) => problem(c, new AppError('unknownRequest', 'There is nothing at this address')))
  app.route('/api/v1', makeApi(api, identify))
  app.use('/owner/*', limited)

  app.get('/owner/server', (c) => c.json({ server: running?.() ?? null }))
  app.get('/owner/certificate', (c) => c.json({ certificate: certificate?.info ?? null }))
  app.post('/owner/certificate', async (c) => {
    if (!certificate) throw new AppError('forbidden', 'There is no certificate: this server speaks to its own computer alone')
    await certificate.renew()
    return c.json({ certificate: certificate.info }, 201)
  })
  app.get('/owner/capacity', (c) => c.json({ capacity: capacity.now() }))
  app.post('/owner/capacity', async (c) => c.json({ capacity: await capacity.measure() }))
  app.get('/owner/keys', async (c) => c.json({ keys: await listKeys(api.store, c.req.query('tenant')) }))
  app.post('/owner/keys', async (c) => c.json(await createKey(api.store, await bodyOf(c, NewKey)), 201))
  app.delete('/owner/keys/:id', async (c) => {
    const id = c.req.param('id')
    if (!(await revokeKey(api.store, id, new Date().toISOString())))
      throw new AppError('keyNotFound', `There is no key with the id ${id} that is good`)
    return c.body(null, 204)
  })
  app.get('/owner/tenants', async (c) => c.json({ tenants: await listTenants(api.store) }))
  app.patch('/owner/tenants/:id', async (c) =>
    c.json(await api.rooms.tenants.change(c.req.param('id'), await bodyOf(c, TenantChange))),
  )
  app.get('/owner/backup', async () => {
    const copy = join(backups, `fetched-${randomUUID()}.db`)
    await copyDatabase(databaseFile, copy, new Date().toISOString())
    const stream = createReadStream(copy).once('close', () => rmSync(copy, { force: true }))
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
      headers: { 'Content-Type': 'application/vnd.sqlite3' },
    })
  })

  app.use('/owner/import/*', identify)
  app.post('/owner/import/rooms', async (c) => {
    const { tenant, actor } = c.get('caller')
    const { room, isNew, notes } = await importRoom(context, tenant.id, actor, await bodyOf(c, ImportedRoom))
    return c.json({ roomId: room.id, isNew, notes }, isNew ? 201 : 200)
  })
  app.post('/owner/import/rooms/:room/members', async (c) => {
    const { members } = await bodyOf(c, Members)
    const room = await roomOf(api, c.get('caller'), c.req.param('room'))
    return c.json(await importMembers(context, room, c.get('caller').actor, members))
  })
  app.post('/owner/import/rooms/:room/messages', async (c) => {
    const { messages } = await bodyOf(c, Messages)
    return c.json(await importMessages(context, await roomOf(api, c.get('caller'), c.req.param('room')), messages))
  })
  return app
}
