/** What whoever owns a data directory does with it, from the command line: through the server that lives there, or in its place. */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { AppError } from '../../shared/errors.ts'
import { keptCapacity, measureCapacity } from './capacity/Headroom.ts'
import { askControl } from './Control.ts'
import { DataDir } from './DataDir.ts'
import { makeOwnerApp, TENANT_HEADER, type RunningServer } from './rest/owner.ts'
import { RoomServer } from './RoomServer.ts'
import { unavailable } from './sfu.ts'
import { StartError } from './StartError.ts'
import { systemClock } from './Stay.ts'
import { migrate, schemaVersion } from './store/migrate.ts'
import { openStore } from './store/Store.ts'
import { Tenants } from './Tenants.ts'
import { Certificate } from './tls/Certificate.ts'
import { readIdentity, renewIdentity } from './tls/Identity.ts'
import { Tokens } from './Tokens.ts'

/** How long a server that starts or stops is waited for, in ms, and how often it is looked for meanwhile. */
const WAIT_MS = 15_000
const LOOK_EVERY_MS = 100
/** How long an answer may take, in ms. */
const PATIENCE_MS = 60_000

export interface Asked {
  /** Whose rooms are meant; those of the local tenant where nothing is said. */
  tenant?: string | undefined
  /** Sent as JSON. */
  body?: unknown
  /** How long the answer may take, in ms; a minute where nothing is said. */
  patienceMs?: number
}

/** Asks as the owner: the REST interface under `/api/v1`, and what is for the owner alone under `/owner`. */
export type Ask = (method: string, path: string, asked?: Asked) => Promise<Response>

/**
 * Calls `act` with the way to ask: the server that lives in the directory, or, where none does, an app in this process that has the
 * directory meanwhile. Throws a StartError where neither can be had, and where nothing is stored there unless `mayMake`.
 */
export async function asOwner<T>(directory: string, act: (ask: Ask) => Promise<T>, { mayMake = false } = {}): Promise<T> {
  const path = resolve(directory)
  if (!mayMake) requireData(path)
  for (const until = Date.now() + WAIT_MS; ; await delay(LOOK_EVERY_MS)) {
    if (await runningServer(path)) return act(askingServer(path))
    const dataDir = takeFree(path, until)
    if (dataDir) return actAlone(dataDir, act)
  }
}

/**
 * Brings the database of a directory one version down, up to the latest, or to the version `to` in that direction, after a copy into
 * `backups/`. Throws a StartError where a server has the directory, and `badRequest` for a version that is not there.
 */
export async function migrateDirectory(
  directory: string,
  direction: 'up' | 'down',
  to?: number,
): Promise<{ from: number; to: number }> {
  requireData(resolve(directory))
  const dataDir = new DataDir(directory, { serves: false })
  try {
    const { databaseFile, backups } = dataDir
    const from = schemaVersion(databaseFile)
    if (to !== undefined && (direction === 'up' ? to < from : to > from))
      throw new AppError('badRequest', `The database is at version ${from}: version ${to} is not ${direction} from there`)
    return await migrate(databaseFile, to ?? direction, backups)
  } finally {
    dataDir.close()
  }
}

function requireData(path: string): void {
  if (existsSync(join(path, 'lanyard.db'))) return
  throw new StartError('folderUnusable', `Nothing is stored in ${path}`, {
    hint: 'name the directory of a server with --data-dir',
  })
}

/** The directory; null where another has it, and there is time to look again. */
function takeFree(path: string, until: number): DataDir | null {
  try {
    return new DataDir(path, { serves: false })
  } catch (error) {
    if (!(error instanceof StartError && error.reason === 'folderInUse')) throw error
    if (Date.now() < until) return null
    throw new StartError('folderInUse', `A server is using ${path}, and does not answer the command line`, {
      hint: 'its log says why; or stop it, and try again',
      cause: error,
    })
  }
}

/** The server that lives in a directory; null where none does. */
export async function runningServer(directory: string): Promise<RunningServer | null> {
  const path = resolve(directory)
  if (!existsSync(path)) return null
  const answer = await askControl(path, { ...wire('GET', '/owner/server'), patienceMs: PATIENCE_MS }).catch(silentServer(path))
  return answer && ((await answer.json()) as { server: RunningServer }).server
}

function askingServer(path: string): Ask {
  return async (method, url, asked = {}) => {
    const { patienceMs = PATIENCE_MS } = asked
    const answer = await askControl(path, { ...wire(method, url, asked), patienceMs }).catch(silentServer(path))
    if (!answer) throw new StartError('other', `The server in ${path} has ended meanwhile`, { hint: 'try again' })
    return answer
  }
}

async function actAlone<T>(dataDir: DataDir, act: (ask: Ask) => Promise<T>): Promise<T> {
  const { databaseFile, masterKey, backups, keys } = dataDir
  // What goes wrong on the way; stdout carries what the command says.
  const log = pino({ level: 'warn', base: null }, pino.destination({ dest: 2, sync: true }))
  try {
    const store = await openStore({ file: databaseFile, backups, log }).catch((error: unknown) => {
      throw new StartError('databaseUnusable', error instanceof Error ? error.message : String(error), { cause: error })
    })
    if (store.setAside !== null)
      log.error({ setAside: store.setAside }, 'the database was damaged: it was set aside, and a new one was made')
    const rooms = new RoomServer({
      ...{ store, masterKey, log, clock: systemClock },
      sfu: { rtpCapabilities: { codecs: [] }, createRouter: () => Promise.reject(unavailable(null)) },
      tokens: new Tokens(store, masterKey, ''),
      tenants: new Tenants(store, null),
      // Nobody is connected.
      teller: () => () => {},
      ...{ graceMs: 0, readyMs: 0, whoCreates: 'key', autoCreate: false, calls: { allowDirect: false, ringMs: 0 } },
    })
    try {
      const identity = readIdentity(keys)
      const certificate = identity && (await Certificate.of(identity, () => renewIdentity(keys, hostname())))
      const capacity = {
        now: () => keptCapacity(dataDir.path),
        measure: () => measureCapacity({ dataDir: dataDir.path, workerBin: null }),
      }
      const app = makeOwnerApp({
        api: { rooms, store },
        capacity,
        masterKey,
        databaseFile,
        backups,
        certificate,
        running: null,
        log,
      })
      return await act(async (method, url, asked) => {
        const { path, ...request } = wire(method, url, asked)
        return app.request(path, request)
      })
    } finally {
      rooms.close()
      await store.close()
    }
  } finally {
    dataDir.close()
  }
}

function wire(method: string, path: string, { tenant, body }: Asked = {}) {
  return {
    ...{ method, path },
    headers: {
      ...(tenant !== undefined && { [TENANT_HEADER]: tenant }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    } as Record<string, string>,
    body: body === undefined ? null : JSON.stringify(body),
  }
}

function silentServer(path: string) {
  return (cause: unknown): never => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StartError('other', `The server in ${path} does not answer: ${why}`, { hint: 'its log may say more', cause })
  }
}
