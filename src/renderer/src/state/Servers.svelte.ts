import type { Bridge, CallValue, MetServer, NearbyServer } from '../../../shared/bridge.ts'
import { unwrap } from '../../../shared/errors.ts'
import type { Room } from '../../../shared/model.ts'
import { namesakesAmong } from './namesakes.ts'

/** A server whose words are to be compared, and the room that it was met for. */
export interface Introduction {
  met: Extract<MetServer, { status: 'new' }>
  room: string | null
}

/** A room of a server that is known. */
export interface NearbyRoom {
  serverId: string
  server: string
  room: Room
}

type KnownServer = CallValue<'getKnownServers'>['servers'][number]
/** A known server, by what it is called. */
export type NamedServer = CallValue<'lookUpCode'>['servers'][number]

/** Goes to a known server's room; resolves with why it does not, or null. */
type Go = (serverId: string, room: string) => Promise<string | null>

/** The other servers: who is in the network, and who has to be met before anything is told to them. */
export class Servers {
  /** Whose words someone compares just now. */
  introduction = $state.raw<Introduction | null>(null)
  /** Who has answered instead of the one that was expected. */
  stranger = $state.raw<Extract<MetServer, { status: 'changed' }> | null>(null)
  readonly #bridge: Bridge
  readonly #go: Go
  #nearby = $state.raw<readonly NearbyServer[]>([])

  constructor(bridge: Bridge, go: Go) {
    this.#bridge = bridge
    this.#go = go
    bridge.onServersChanged(({ servers }) => (this.#nearby = servers))
    void bridge.getServers({}).then((answer) => (this.#nearby = unwrap(answer).servers))
  }

  /** Those that nobody here has met. */
  get unknown(): readonly NearbyServer[] {
    return this.#nearby.filter(({ serverId }) => serverId === null)
  }

  /** The public rooms of those that are known; those with people first. */
  get rooms(): readonly NearbyRoom[] {
    const nameOf = tellApart(this.#nearby)
    return this.#nearby
      .flatMap(({ serverId, name, fingerprint, rooms }) =>
        (rooms ?? []).map((room) => ({ serverId: serverId ?? '', server: nameOf(name, fingerprint), room })),
      )
      .sort((a, b) => Number(b.room.present > 0) - Number(a.room.present > 0))
  }

  /** Meets one that was seen; for a room, if it is for one. Resolves with why that fails, or null. */
  async meet({ fingerprint, address }: NearbyServer, room: string | null = null): Promise<string | null> {
    return this.follow(unwrap(await this.#bridge.meetServer({ addresses: [address], fingerprint, isProof: false })), room)
  }

  /** Goes on with whoever has answered. Resolves with why there is no going on, or null. */
  async follow(met: MetServer, room: string | null): Promise<string | null> {
    switch (met.status) {
      case 'known':
        return room === null ? null : this.#go(met.serverId, room)
      case 'new':
        this.introduction = { met, room }
        return null
      case 'changed':
        this.stranger = met
        return null
      case 'unreachable':
        return 'No Lanyard answers there. Check the address, and that you are on the same network.'
    }
  }

  /** The words are the same: the server is known now. */
  async confirm(): Promise<string | null> {
    const { introduction } = this
    if (!introduction) return null
    const met = unwrap(await this.#bridge.trustServer({ fingerprint: introduction.met.fingerprint }))
    this.introduction = null
    return this.follow(met, introduction.room)
  }

  /** Those that are trusted, the one that was met last first. */
  async known(): Promise<readonly KnownServer[]> {
    return unwrap(await this.#bridge.getKnownServers({})).servers
  }

  /** Trusts one no more. */
  async forget(serverId: string): Promise<void> {
    unwrap(await this.#bridge.forgetServer({ serverId }))
  }

  /** Those of the known ones that say that they have the room of a code. */
  async lookUp(code: string): Promise<readonly NamedServer[]> {
    return unwrap(await this.#bridge.lookUpCode({ room: code })).servers
  }
}

/** Names of servers, with the beginning of the fingerprint where others are called the same: an address is but what they say. */
export function tellApart(servers: readonly { name: string }[]): (name: string, fingerprint: string) => string {
  const hasNamesake = namesakesAmong(servers.map(({ name }) => name))
  return (name, fingerprint) => (hasNamesake(name) ? `${name} [${fingerprint.slice(0, 6)}]` : name)
}
