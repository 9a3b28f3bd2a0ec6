import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { AppError } from '../../shared/errors.ts'
import type { Capacity } from '../../shared/capacity.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { FirewallAdvice } from '../../shared/firewall.ts'
import { PROTOCOL_VERSION } from '../../shared/protocol.ts'
import { firewallAdvice, firewallHere } from '../lan/firewall.ts'
import { Interfaces } from '../lan/Interfaces.ts'
import { Multicast } from '../lan/mdns/Multicast.ts'
import { Responder } from '../lan/mdns/Responder.ts'
import { Addresses } from './Addresses.ts'
import { Headroom } from './capacity/Headroom.ts'
import { ServerConfig, type ServerConfigInput } from './config.ts'
import { Control } from './Control.ts'
import { DataDir } from './DataDir.ts'
import { Echo } from './Echo.ts'
import { guarded } from './guarded.ts'
import { deriveKey } from './ids.ts'
import { listen, waysOf } from './listen.ts'
import { silent } from './log.ts'
import { Metrics } from './Metrics.ts'
import { servePlain } from './plainPort.ts'
import { makeHttpApp } from './rest/app.ts'
import { makeOwnerApp } from './rest/owner.ts'
import { makePlainApp } from './rest/plain.ts'
import { RoomServer as Rooms } from './RoomServer.ts'
import { Sfu } from './sfu.ts'
import { Signaling } from './signaling.ts'
import { StartError } from './StartError.ts'
import { systemClock } from './Stay.ts'
import { closeOpenSessions, keptSeats } from './store/seats.ts'
import { openStore } from './store/Store.ts'
import { Tenants } from './Tenants.ts'
import { certificateFor } from './tls/certificateFor.ts'
import { Tokens } from './Tokens.ts'
import { version } from './version.ts'
import { watchRooms, type Watch } from './watch.ts'

export { asOwner, migrateDirectory, runningServer, type Ask, type Asked } from './Owner.ts'
export { IMPORTED_AT_ONCE, ImportedMember, ImportedMessage, ImportedRoom, type Imported } from './importing.ts'
export { measureCapacity } from './capacity/Headroom.ts'
export { ServerConfig, TenantId, type ServerConfigInput } from './config.ts'
export { StartError } from './StartError.ts'
export type { Watch } from './watch.ts'

/** For how long after a crash seats can be taken back, in ms. */
const RESUME_TTL_MS = 10 * 60_000

/** A running room server. */
export interface RoomServer {
  /** Where this computer itself reaches it. */
  readonly url: string
  /** The addresses at which others reach it, or, where none do, this computer. */
  readonly urls: string[]
  /** SHA-256 of its certificate, and the words that stand for it; null where it speaks plain HTTP. */
  readonly fingerprint: Fingerprint | null
  readonly words: string[] | null
  readonly port: number
  /** Where browsers come without encryption; null where its owner has opened no port for that. */
  readonly plainPort: number | null
  readonly plainUrls: string[]
  /** What may keep others out, and how it lets them in; null where nothing is seen, or nobody else is to come in. */
  readonly firewall: FirewallAdvice | null
  readonly dataDir: string
  readonly version: string
  readonly protocol: number
  /** Where a damaged database has been put; null where there was none. */
  readonly setAside: string | null
  /** Process ids of the media workers. */
  readonly workerPids: number[]
  /** Measures anew how many people this machine can hold. Throws `mediaUnavailable` while people meet, and where the machine is too busy. */
  measure(): Promise<Capacity>
  /** Ends every meeting, stores what waits, frees ports and the directory. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts a room server: HTTP and signaling on one port, media workers, the database. Throws a StartError whose message is
 * a sentence for whoever started it: a wrong setting, a port in use, a directory that another server holds.
 */
export async function startRoomServer(input: ServerConfigInput, watch: Watch = {}): Promise<RoomServer> {
  const { log = silent, step = () => {}, clock = systemClock } = watch
  const parsed = ServerConfig.safeParse(input)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new StartError('wrongSetting', `The setting ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? ''}`)
  }
  const config = parsed.data

  const closers: (() => void | Promise<void>)[] = []
  let closing: Promise<void> | null = null
  const close = () => (closing ??= closeAll(closers))
  try {
    step('folder')
    const dataDir = new DataDir(config.dataDir)
    closers.push(() => dataDir.close())
    const certificate = await certificateFor(config, dataDir.keys)
    // Signaling has to have the ports' servers before there is anything that requests could reach.
    let handle: RequestListener = () => {}
    let handlePlain: RequestListener = () => {}
    const http = createServer((request, response) => handle(request, response))
    const plain = config.plainPort === null ? null : createServer((request, response) => handlePlain(request, response))
    certificate?.showOn(http)
    if (certificate && certificate.excess.length > 0)
      log.warn(
        { domains: certificate.excess },
        'the authority of this server, made by an older version, can vouch for names of the internet',
      )
    if (plain) servePlain(plain)
    const interfaces = new Interfaces()
    closers.push(() => interfaces.close())
    const addresses = new Addresses(http, interfaces, config, certificate !== null)
    closers.push(() => addresses.close())
    const plainAddresses = plain && new Addresses(plain, interfaces, config, false)
    closers.push(() => plainAddresses?.close())

    // A wrong address or a taken port is said before anything else is started.
    for (const way of waysOf(config)) {
      const probe = createServer()
      await listen(probe, config.host, way)
      await new Promise((resolve) => probe.close(resolve))
    }

    // The two that take long go on at once; both are closed, however the other fares.
    step('database')
    const opening = openStore({ file: dataDir.databaseFile, backups: dataDir.backups, log })
    closers.push(async () => (await opening).close())
    void opening.then(
      () => step('media'),
      () => {},
    )
    const starting = Sfu.start(config, () => addresses.hosts, log)
    closers.push(async () => (await starting).close())
    const [store, sfu] = await Promise.all([opening, starting])
    if (store.setAside !== null)
      log.error({ setAside: store.setAside }, 'the database was damaged: it was set aside, and a new one was made')
    // A crash leaves sessions open; they ended when the server was last alive.
    const lastAlive = dataDir.lastAlive ?? new Date()
    await closeOpenSessions(store, lastAlive.toISOString(), config.graceMs / 1_000)

    step('network')
    const signaling = new Signaling({ http, plain }, config, clock, log)
    closers.push(() => signaling.close())
    const serverId = deriveKey(dataDir.masterKey, 'lanyard server id').slice(0, 22)
    const { masterKey } = dataDir
    const { graceMs, readyMs, whoCreates, autoCreate } = config
    const tenants = new Tenants(store, config.tiers)
    for (const { id, tier } of await tenants.withUnknownTier())
      log.warn({ tenant: id, tier }, 'the settings do not name the tier of this tenant: it has the limits of standard')
    const rooms = new Rooms({
      ...{ store, sfu, log, clock, masterKey, graceMs, readyMs, whoCreates, autoCreate },
      tokens: new Tokens(store, masterKey, serverId),
      tenants,
      teller: (channel) => signaling.teller(channel),
      calls: { allowDirect: config.directCalls, ringMs: config.ringMs },
    })
    closers.push(() => rooms.close())
    const headroom = new Headroom({
      ...{ dataDir: dataDir.path, workerBin: config.workerBin, measureAfterMs: config.measureAfterMs, log },
      use: () => ({ rooms: [...rooms.living].map(({ roster }) => roster.size).filter(Boolean), processor: sfu.load }),
    })
    closers.push(() => headroom.close())
    const news = watchRooms(rooms, headroom, watch)
    closers.push(() => news.close())
    closers.push(() => signaling.drain())
    await rooms.start(await keptSeats(store), Math.max(0, lastAlive.getTime() + RESUME_TTL_MS - Date.now()))
    const noWorker = () => new AppError('mediaUnavailable', 'No media worker is alive')
    const trouble = () => store.trouble ?? (sfu.workerPids.length === 0 ? noWorker() : null)
    const metrics = new Metrics(rooms, sfu, headroom)
    closers.push(() => metrics.close())
    const echo = new Echo(sfu)
    closers.push(() => echo.close())
    const trust = certificate && { name: config.name, certificate, port: () => addresses.port }
    const page = { version, webDir: config.webDir, trust, log }
    const app = makeHttpApp({ ...page, config, api: { rooms, store }, echo, metrics, trouble })
    handle = guarded(config, listener(app.fetch))
    handlePlain = guarded(config, listener(makePlainApp(page).fetch))
    const shown = () => ({ fingerprint: certificate?.fingerprint ?? null, words: certificate?.words ?? null })
    const features = {
      ...{ chat: true, sfu: true, relay: true, tokens: true, directCalls: config.directCalls, autoCreate },
      ownAuthority: (certificate?.authority ?? null) !== null,
    }
    const about = { id: serverId, name: config.name, version }
    signaling.serve({
      ...{ server: rooms, store, metrics },
      about: () => ({ features, server: { ...about, ...shown(), urls: addresses.urls } }),
      secureUrl: (request) => `https://${nameOf(request)}:${addresses.port}`,
    })
    const [way, plainWay] = waysOf(config)
    await listen(http, config.host, way!)
    if (plain) await listen(plain, config.host, plainWay!)
    if (watch.addresses) addresses.on('changed', () => watch.addresses?.(addresses.urls))
    if (config.mdns && certificate && !addresses.isHereOnly) {
      const wire = new Multicast(interfaces, log)
      closers.push(() => wire.close())
      // When it was started, so that another number tells those who know it that it has come anew.
      const revision = Math.floor(Date.now() / 1_000)
      const { name } = config
      const { fingerprint } = certificate
      const announced = { name, instanceId: serverId, protocol: PROTOCOL_VERSION, fingerprint, revision, port: addresses.port }
      const responder = new Responder(announced, wire)
      closers.push(() => responder.close())
      certificate.on('renewed', () => responder.update({ fingerprint: certificate.fingerprint }))
      echo.listenOn(wire, () => responder.update({}))
    }

    const { databaseFile, backups } = dataDir
    const running = () => ({ url: addresses.url, urls: addresses.urls, ...shown(), version, pid: process.pid, config })
    const capacity = { now: () => headroom.capacity, measure: () => headroom.measure() }
    const owner = makeOwnerApp({ api: { rooms, store }, capacity, masterKey, databaseFile, backups, certificate, running, log })
    const control = await Control.open(dataDir.path, listener(owner.fetch)).catch((error: unknown) =>
      log.warn({ err: error }, 'the command line cannot reach this server: there is no control socket'),
    )
    if (control) closers.push(() => control.close())
    const firewall = adviceFor(config, addresses, plainAddresses)
    if (firewall) log.info({ firewall: firewall.name, commands: firewall.commands }, firewall.sentence)
    return {
      get url() {
        return addresses.url
      },
      get urls() {
        return addresses.urls
      },
      get fingerprint() {
        return shown().fingerprint
      },
      get words() {
        return shown().words
      },
      port: addresses.port,
      plainPort: plainAddresses?.port ?? null,
      get plainUrls() {
        return plainAddresses?.urls ?? []
      },
      firewall,
      dataDir: dataDir.path,
      version,
      protocol: PROTOCOL_VERSION,
      setAside: store.setAside,
      get workerPids() {
        return sfu.workerPids
      },
      measure: capacity.measure,
      close,
    }
  } catch (error) {
    await close()
    throw startError(error)
  }
}

function adviceFor({ rtcPorts }: ServerConfig, { port, isHereOnly }: Addresses, plain: Addresses | null): FirewallAdvice | null {
  const firewall = isHereOnly ? null : firewallHere()
  return firewall && firewallAdvice(firewall, { pages: [port, ...(plain ? [plain.port] : [])], media: rtcPorts })
}

function startError(error: unknown): StartError {
  if (error instanceof StartError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof AppError)) return new StartError('other', message, { cause: error })
  switch (error.code) {
    case 'storeUnavailable':
      return new StartError(error.details?.['reason'] === 'newer' ? 'databaseTooNew' : 'databaseUnusable', message, {
        cause: error,
      })
    case 'mediaUnavailable':
      return new StartError('mediaPortsTaken', message, { cause: error })
    default:
      return new StartError('other', message, { cause: error })
  }
}

function listener(fetch: Parameters<typeof getRequestListener>[0]): RequestListener {
  const handle = getRequestListener(fetch)
  return (request, response) => void handle(request, response)
}

/** By which name or address a request has come. Its Host has been looked at. */
const nameOf = ({ headers }: IncomingMessage) => new URL(`http://${headers.host}`).hostname

/** In the reverse order of opening; one that fails does not keep the others open. */
async function closeAll(closers: (() => void | Promise<void>)[]): Promise<void> {
  for (const close of closers.reverse())
    await Promise.resolve()
      .then(close)
      .catch(() => {})
}
