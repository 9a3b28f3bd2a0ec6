import { AppError } from '../../shared/errors.ts'
import type { Call as CallInfo, Party, PartyState } from '../../shared/model.ts'
import type { Params } from '../../shared/protocol.ts'
import { Audience } from './Audience.ts'
import type { Connection, Tell } from './Connection.ts'
import { randomId } from './ids.ts'
import { Paced } from '../lan/Paced.ts'
import type { Peer } from './Peer.ts'

/** The least time between two `connectedChanged`, in ms. */
const PEOPLE_EVERY_MS = 250

/** States in which someone has to do with a call, and so is busy for others. */
const BUSY: ReadonlySet<PartyState> = new Set(['ringing', 'in'])

/** Someone who can be called, and the connection by which they are told now; null while it is lost. */
interface Reachable {
  party: Party
  connection: () => Connection | null
}

interface Call {
  id: string
  roomId: string | null
  from: Party
  /** By id, in the order of being called; whoever has called is the first. */
  parties: Map<string, Reachable & { state: PartyState }>
  ended: boolean
  timer: NodeJS.Timeout
}

export interface CallsOptions {
  /** Whether people who are in no room can call each other. */
  allowDirect: boolean
  /** How long someone is rung, in ms. */
  ringMs: number
}

/**
 * Calls among some of those in a room, and, where that is allowed, between people outside of rooms. The server rings, and knows who is
 * in which call; offers, answers and candidates go by `relay`, media goes directly.
 */
export class Calls {
  readonly #options: CallsOptions
  readonly #calls = new Map<string, Call>()
  /** The call that someone is in, or is rung for, by their id. */
  readonly #busy = new Map<string, Call>()
  /** Those outside of rooms who can be called, by the id of their connection. */
  readonly #outside = new Map<string, { connection: Connection; tenantId: string; party: Party }>()
  /** Whoever has asked who can be called outside of rooms. */
  readonly #lookers: Audience
  /** By tenant and id, who can be called outside of rooms now; null: not any more. */
  readonly #changed = new Map<string, Map<string, Party | null>>()
  readonly #news = new Paced(PEOPLE_EVERY_MS, () => this.#tellPeople())

  constructor(options: CallsOptions, teller: (channel: string) => Tell) {
    this.#options = options
    this.#lookers = new Audience('lookers', teller)
  }

  /** Says by which name one can be called outside of rooms; null: not any more. Throws `forbidden`. */
  introduce(connection: Connection, name: string | null): void {
    this.#requireDirect(connection)
    const { id, userId, tenantId } = connection
    if (name === null) return this.gone(id)
    const party = { id, userId, name }
    this.#outside.set(id, { connection, tenantId, party })
    this.#partyChanged(tenantId, id, connection.peer ? null : party)
  }

  /** Who of one's own tenant can be called outside of rooms, oneself excepted. `connectedChanged` tells from then on. Throws `forbidden`. */
  connected(asking: Connection): Party[] {
    this.#requireDirect(asking)
    if (!asking.peer) this.#lookers.add(asking)
    return [...this.#outside.values()]
      .filter(({ connection, tenantId }) => connection !== asking && tenantId === asking.tenantId && !connection.peer)
      .map(({ party }) => party)
  }

  /** Whoever is in a room, or waits for one, is called there. */
  entered(connection: Connection): void {
    this.#lookers.remove(connection)
    this.gone(connection.id)
  }

  /** Someone is outside of rooms again. */
  exited({ id }: Connection): void {
    const known = this.#outside.get(id)
    if (known) this.#partyChanged(known.tenantId, id, known.party)
  }

  /** Throws `peerNotFound` where none of them is here, `alreadyJoined` for someone who is in a call. */
  ring(caller: Connection, { to }: Params<'ring'>): CallInfo {
    const from = this.#reachable(caller)
    if (this.#busy.has(from.party.id)) throw new AppError('alreadyJoined', 'You are in a call already; hang up first')
    const called = [...new Set(to)].filter((id) => id !== from.party.id).map((id) => this.#find(caller, id))
    const here = called.filter((one) => one !== null)
    if (here.length === 0) throw new AppError('peerNotFound', 'Nobody of those is here to be called')
    const call: Call = {
      id: randomId(),
      roomId: caller.peer?.room.id ?? null,
      from: from.party,
      parties: new Map([[from.party.id, { ...from, state: 'in' }]]),
      ended: false,
      timer: setTimeout(() => this.#unanswered(call), this.#options.ringMs),
    }
    this.#calls.set(call.id, call)
    this.#busy.set(from.party.id, call)
    for (const one of here) {
      const isBusy = this.#busy.has(one.party.id)
      call.parties.set(one.party.id, { ...one, state: isBusy ? 'busy' : 'ringing' })
      if (!isBusy) this.#busy.set(one.party.id, call)
    }
    const info = describe(call)
    for (const { connection, state } of call.parties.values())
      if (state === 'ringing') connection()?.wire.notify('ringing', { call: info })
    this.#endWhenOver(call)
    return describe(call)
  }

  /** Throws `callNotFound` where one is not rung, or not any more. */
  answer(connection: Connection, { callId, accept }: Params<'answerRing'>): CallInfo {
    const { call, id } = this.#own(connection, callId, ['ringing'])
    this.#become(connection, call, id, accept ? 'in' : 'declined')
    return describe(call)
  }

  /** Throws `callNotFound`. */
  hangUp(connection: Connection, callId: string): void {
    const { call, id } = this.#own(connection, callId, ['in', 'ringing'])
    const isIn = call.parties.get(id)?.state === 'in'
    this.#become(connection, call, id, isIn ? 'left' : 'declined')
  }

  /** Hands something to whom one is in a call with, outside of rooms. Throws `peerNotFound`, `notInRoom`. */
  relay(from: Connection, to: string, payload: unknown): void {
    if (!this.#options.allowDirect) throw new AppError('notInRoom', 'You are in no room; join one first')
    const call = this.#busy.get(from.id)
    const target = call?.roomId === null && call.parties.get(to)?.state === 'in' ? this.#outside.get(to) : undefined
    if (!target || call?.parties.get(from.id)?.state !== 'in')
      throw new AppError('peerNotFound', 'You are in no call with anyone of that id')
    target.connection.wire.notify('relay', { roomId: null, from: from.id, payload })
  }

  /** A seat or a connection is no more. */
  gone(id: string): void {
    const call = this.#busy.get(id)
    if (call) this.#become(null, call, id, call.parties.get(id)?.state === 'in' ? 'left' : 'missed')
    const known = this.#outside.get(id)
    if (!known) return
    this.#outside.delete(id)
    this.#partyChanged(known.tenantId, id, null)
  }

  close(): void {
    this.#news.close()
    for (const { timer } of this.#calls.values()) clearTimeout(timer)
  }

  #partyChanged(tenantId: string, id: string, party: Party | null): void {
    const changed = this.#changed.get(tenantId) ?? new Map<string, Party | null>()
    this.#changed.set(tenantId, changed.set(id, party))
    this.#news.due()
  }

  /** What has changed only: with everyone in it, one who does nothing but change their name would flood all others. */
  #tellPeople(): void {
    for (const [tenantId, changed] of this.#changed) {
      const people = [...changed.values()].filter((party) => party !== null)
      const gone = [...changed].filter(([, party]) => party === null).map(([id]) => id)
      this.#lookers.of(tenantId)('connectedChanged', { people, gone })
    }
    this.#changed.clear()
  }

  #requireDirect({ grant }: Connection): void {
    if (grant) throw new AppError('forbidden', 'Your invitation is for one room only')
    if (!this.#options.allowDirect)
      throw new AppError('forbidden', 'This server lets people call each other inside of rooms only')
  }

  /** Who someone is in calls: their seat, or, outside of rooms, the name that they have given. */
  #reachable({ id, peer }: Connection): Reachable {
    if (peer) return ofSeat(peer)
    const known = this.#outside.get(id)
    if (known) return { party: known.party, connection: () => known.connection }
    if (!this.#options.allowDirect) throw new AppError('notInRoom', 'You are in no room; join one to call someone')
    throw new AppError('forbidden', 'Say your name first, so that others know who calls')
  }

  /** Null for nobody who is connected where one is oneself. */
  #find({ peer, tenantId }: Connection, id: string): Reachable | null {
    if (peer) {
      const other = peer.room.roster.get(id)
      // Whoever can be read by others is not talked to directly.
      return other?.connection && !other.seat.isPlain ? ofSeat(other) : null
    }
    const known = this.#outside.get(id)
    if (known?.tenantId !== tenantId || known.connection.peer) return null
    return { party: known.party, connection: () => known.connection }
  }

  #own({ id, peer }: Connection, callId: string, states: PartyState[]): { call: Call; id: string } {
    const own = peer?.id ?? id
    const call = this.#calls.get(callId)
    const state = call?.parties.get(own)?.state
    if (!call || !state || !states.includes(state)) throw new AppError('callNotFound', 'That call is over, or was never yours')
    return { call, id: own }
  }

  #become(by: Connection | null, call: Call, id: string, state: PartyState): void {
    this.#put(call, id, state)
    this.#endWhenOver(call)
    this.#tell(call, by)
  }

  #unanswered(call: Call): void {
    const late = [...call.parties.values()].filter(({ state }) => state === 'ringing')
    if (late.length === 0) return
    for (const { party } of late) this.#put(call, party.id, 'missed')
    this.#endWhenOver(call)
    this.#tell(call, null)
  }

  #put(call: Call, id: string, state: PartyState): void {
    call.parties.get(id)!.state = state
    if (!BUSY.has(state) && this.#busy.get(id) === call) this.#busy.delete(id)
  }

  /** A call of one is none: whoever is still rung has missed it, whoever is left is free. */
  #endWhenOver(call: Call): void {
    const states = [...call.parties.values()]
    const inside = states.filter(({ state }) => state === 'in')
    const hasCaller = call.parties.get(call.from.id)?.state === 'in'
    const isRinging = states.some(({ state }) => state === 'ringing')
    if (inside.length > 1 || (hasCaller && isRinging)) return
    for (const { party, state } of states) if (state === 'ringing') this.#put(call, party.id, 'missed')
    for (const { party } of inside) if (this.#busy.get(party.id) === call) this.#busy.delete(party.id)
    clearTimeout(call.timer)
    call.ended = true
    this.#calls.delete(call.id)
  }

  #tell(call: Call, except: Connection | null): void {
    const info = describe(call)
    for (const { connection, state } of call.parties.values()) {
      const told = connection()
      // Whoever was busy has heard nothing of it.
      if (told && told !== except && state !== 'busy') told.wire.notify('callChanged', { call: info })
    }
  }
}

const ofSeat = (peer: Peer): Reachable => ({
  party: { id: peer.id, userId: peer.seat.userId, name: peer.seat.name },
  connection: () => peer.connection,
})

function describe({ id, roomId, from, parties, ended }: Call): CallInfo {
  return { callId: id, roomId, from, parties: [...parties.values()].map(({ party, state }) => ({ ...party, state })), ended }
}
