import type { CallParams, CallValue, EventPayload } from '../../shared/bridge.ts'
import { USUAL_MEDIA_PORTS } from '../../shared/ports.ts'
import type { OwnServer, Target } from '../lan/doctor/Check.ts'
import { examine } from '../lan/doctor/examine.ts'
import type { Hosting } from './hosting.ts'
import type { Place } from './Place.ts'
import type { KnownServers } from './servers/KnownServers.ts'
import type { Servers } from './servers/Servers.ts'
import type { SettingsStore } from './settings.ts'

export interface CheckupsParts {
  hosting: Pick<Hosting, 'state'>
  known: KnownServers
  place: Place
  servers: Servers
  settings: SettingsStore
  /** The address that the carried server listens on. */
  host: string
  tell: (progress: EventPayload<'networkChecked'>) => void
}

/** Servers that nobody has met, and the way to which is looked at; anyone can claim to be many. */
const MOST_UNMET = 3

/** Looks at the network for the window, one look after the other. */
export class Checkups {
  readonly #parts: CheckupsParts
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: CheckupsParts) {
    this.#parts = parts
  }

  look({ lookId, address }: CallParams<'checkNetwork'>): Promise<CallValue<'checkNetwork'>> {
    const { tell } = this.#parts
    const look = this.#last.then(() => {
      const targets = this.#targets(address)
      const isGeneral = address === null && this.#parts.place.whereabouts.server === null
      // Nothing is said to a server that nobody here has met.
      return examine({
        targets,
        own: this.#own,
        isGeneral,
        mayAskStrangers: false,
        tell: (progress) => tell({ lookId, ...progress }),
      })
    })
    this.#last = look.catch(() => null)
    return look
  }

  #targets(address: string | null): Target[] {
    const { known, place, servers } = this.#parts
    if (address !== null) {
      const server = known.all.find(({ addresses }) => addresses.includes(address))
      return [{ name: server?.name ?? address, addresses: [address], fingerprint: server?.fingerprint ?? null }]
    }
    const { server } = place.whereabouts
    const ids = server ? [server.serverId] : servers.nearby.flatMap(({ serverId }) => serverId ?? [])
    const met = ids.flatMap((id) => {
      const { name, fingerprint } = known.withId(id) ?? {}
      const addresses = servers.addressesOf(id)
      return name === undefined || !fingerprint || addresses.length === 0 ? [] : [{ name, addresses, fingerprint }]
    })
    if (server || met.length > 0) return met
    // Nothing proves that they are who they say: so it is looked whether they can be reached, and nobody is asked anything.
    const unmet = servers.nearby.filter((one) => one.address !== '').slice(0, MOST_UNMET)
    return unmet.map(({ name, address }) => ({ name, addresses: [address], fingerprint: null }))
  }

  get #own(): OwnServer {
    const { hosting, settings, host } = this.#parts
    const { state } = hosting
    const about = { host, rtcPorts: USUAL_MEDIA_PORTS }
    if (state.status === 'on') return { ...about, isRunning: true, port: Number(new URL(state.url).port) }
    return { ...about, isRunning: false, port: settings.settings.serverPort }
  }
}
