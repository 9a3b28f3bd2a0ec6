import { AppError } from '../../shared/errors.ts'
import type { Admittance, Params, Value } from '../../shared/protocol.ts'
import type { Access, JoinWish } from './Access.ts'
import { actorOf, type Connection } from './Connection.ts'
import { noSuchRoom, type Directory } from './Directory.ts'
import { hashSecret, randomId } from './ids.ts'
import type { LivingRooms } from './LivingRooms.ts'
import { Peer, type Applicant, type ResumeHashes } from './Peer.ts'
import { Resumes } from './Resumes.ts'
import { isBanned } from './store/bans.ts'
import { noteOfRoom, roomById, type StoredRoom } from './store/rooms.ts'
import { dropSeats, rotateResume, type KeptSeat } from './store/seats.ts'
import type { Store } from './store/Store.ts'
import type { Tenants } from './Tenants.ts'
import type { Grant, Tokens } from './Tokens.ts'
import type { Waiter } from './WaitingList.ts'

/** The room and the name of those who say neither, where rooms are made by joining them. */
const UNNAMED = { room: 'default', person: 'User' }

export interface EntranceContext {
  store: Store
  access: Access
  directory: Directory
  living: LivingRooms
  tenants: Tenants
  tokens: Tokens
  /** Whether a room is being deleted because nobody was in it. */
  isDoomed: (roomId: string) => boolean
  /** Makes the room of that slug for someone who joins it; null where that is not done, or not for them. */
  autoCreate: ((connection: Connection, slug: string) => Promise<StoredRoom>) | null
}

/** The way into rooms: by a reference, a token, a key; and back, by the credential of a seat that was lost. */
export class Entrance {
  readonly #context: EntranceContext
  readonly #resumes = new Resumes()
  #keeping: NodeJS.Timeout | null = null

  constructor(context: EntranceContext) {
    this.#context = context
    const { living, tokens } = context
    living.on('came', (peer) => this.#resumes.add(peer))
    living.on('left', (peer) => this.#resumes.remove(peer))
    living.on('waits', (waiter) => this.#resumes.add(waiter))
    living.on('gaveUp', (waiter) => this.#resumes.remove(waiter))
    tokens.on('revoked', (tokenId) => this.#cutOff(tokenId))
  }

  /** Holds the seats of before a crash for those who come back within that time, in ms. */
  start(seats: readonly KeptSeat[], forMs: number): void {
    this.#resumes.keep(seats)
    this.#keeping = setTimeout(() => dropSeats(this.#context.store, this.#resumes.dropKept()), forMs)
  }

  async join(connection: Connection, params: Params<'joinRoom'>): Promise<Value<'joinRoom'>> {
    if (connection.peer || connection.waiter || connection.joining)
      throw new AppError('alreadyJoined', 'You are in a room already; leave it first')
    connection.joining = true
    try {
      const { tokens, tenants } = this.#context
      const grant = params.token === undefined ? connection.grant : await tokens.verify(params.token)
      const wish = this.#wishOf(params, grant)
      const { userId, address } = connection
      const asker = { grant, tenantId: grant?.tenantId ?? connection.tenantId, userId, address }
      const found = await this.#find(connection, asker, wish)
      await tenants.requireMinutes(asker.tenantId)
      try {
        return await tell(await this.#knock(connection, found, grant, wish))
      } catch (error) {
        if (!isNoRoom(error) || !this.#context.autoCreate || wish.codeOnly) throw error
        // It has gone with its last person meanwhile.
        return await tell(await this.#knock(connection, await this.#context.autoCreate(connection, wish.ref), grant, wish))
      }
    } finally {
      connection.joining = false
    }
  }

  /** Whether a credential may still take something back for that client. */
  canResume(credential: string, client: Client): boolean {
    return isSame(this.#ownerOf(hashSecret(credential)), client)
  }

  /**
   * Takes a seat (or a place before a door) back for a new connection: one that is held here, or one of before the server was
   * started again. Null where the credential is unknown, used up, or the room does not let its owner in any more.
   */
  async resume(connection: Connection, credential: string): Promise<Admittance | null> {
    const used = hashSecret(credential)
    const next = { current: hashSecret(connection.resume), previous: used }
    const holder = this.#resumes.living(used)
    const kept = this.#resumes.kept(used)
    // A credential that was stolen is worth nothing on another device, nor without one; and one that others could read takes back no other seat.
    if (!isSame(this.#ownerOf(used), connection)) return null
    if (!holder) return kept ? this.#resumeKept(connection, kept, used, next) : null
    this.#resumes.rotate(holder, next)
    if (holder instanceof Peer) {
      rotateResume(this.#context.store, holder.id, next)
      holder.room.resume(holder, connection)
      return holder.room.welcome(holder)
    }
    holder.room.door.resume(holder, connection)
    // It may have been its turn.
    return connection.peer ? connection.peer.room.welcome(connection.peer) : holder.room.door.placeOf(holder)
  }

  close(): void {
    if (this.#keeping) clearTimeout(this.#keeping)
  }

  /**
   * A token says whose it is, and for which room; and where rooms are made by joining them, nobody has to name any. Throws
   * `badRequest` where something has to be named.
   */
  #wishOf({ name, roomId, joinCode, ...params }: Params<'joinRoom'>, grant: Grant | null): JoinWish {
    const isLenient = this.#context.autoCreate !== null
    const known = name ?? grant?.name ?? (isLenient ? UNNAMED.person : undefined)
    const ref = roomId ?? joinCode ?? grant?.roomId ?? (isLenient ? UNNAMED.room : undefined)
    if (known === undefined) throw missing('name', 'say by which name you want to be known')
    if (ref === undefined) throw missing('roomId', 'give either a joinCode or a roomId')
    return { ...params, name: known, ref, codeOnly: roomId === undefined && joinCode !== undefined }
  }

  async #find(connection: Connection, asker: Parameters<Access['find']>[0], { ref, codeOnly }: JoinWish): Promise<StoredRoom> {
    const { access, autoCreate } = this.#context
    try {
      return await access.find(asker, ref, codeOnly)
    } catch (error) {
      if (!autoCreate || codeOnly || !isNoRoom(error)) throw error
      return autoCreate(connection, ref)
    }
  }

  /** Before the door of a room, with all that is known. A token that leads to no place is not spent. */
  async #knock(connection: Connection, found: StoredRoom, grant: Grant | null, wish: JoinWish): Promise<Peer | Waiter> {
    const { access, store, living, directory, tokens, tenants, isDoomed } = this.#context
    const giveBack = grant ? await tokens.spend(grant) : () => {}
    try {
      const isRight = await access.knowsPassword(connection, found, wish.password)
      if (found.closedAt !== null && !grant && (await access.role(connection, found, wish.hostKey)) === 'host')
        await directory.close(found, actorOf(connection), null)
      // From here on only the store is read, which answers before anything else happens here: what has changed while the password
      // was looked at is read now, and what changes from now on is told to the living room.
      const stored = await roomById(store, found.tenantId, found.id)
      if (!stored || isDoomed(stored.id)) throw noSuchRoom()
      const applicant = grant ? await access.bearer(connection, grant, wish) : await access.applicant(connection, stored, wish)
      const known = {
        knowsPassword: isRight && stored.passwordHash === found.passwordHash,
        isBanned: await isBanned(store, stored.id, applicant.userId, applicant.deviceHash),
      }
      await tenants.requireActive(stored.tenantId)
      if (grant) await tokens.requireGood(grant)
      if (!connection.open) throw new AppError('disconnected', 'The connection has ended')
      if (stored.hostUserId === applicant.userId) this.#nameHost(stored, applicant.name)
      const hashes = { current: hashSecret(connection.resume), previous: null }
      return living.open(stored).door.knock(connection, applicant, known, hashes)
    } catch (error) {
      giveBack()
      throw error
    }
  }

  #nameHost(stored: StoredRoom, hostName: string): void {
    if (stored.hostName === hostName) return
    noteOfRoom(this.#context.store, stored.id, { hostName })
    stored.hostName = hostName
    const live = this.#context.living.get(stored.id)
    if (live) live.stored = { ...live.stored, hostName }
  }

  #ownerOf(hash: string): Client | undefined {
    const holder = this.#resumes.living(hash)
    if (holder) return holder instanceof Peer ? holder.seat : holder.applicant
    const kept = this.#resumes.kept(hash)
    return kept && { deviceHash: kept.deviceHash, isPlain: false }
  }

  async #resumeKept(connection: Connection, kept: KeptSeat, used: string, next: ResumeHashes): Promise<Admittance | null> {
    const { access, store, tenants, tokens, living } = this.#context
    const stored = await roomById(store, kept.tenantId, kept.roomId)
    const grant = grantOf(kept)
    const role = stored && (await access.returnedRole(kept, stored, grant))
    const isKeptOut =
      stored &&
      (stored.closedAt !== null ||
        !(await tenants.isActive(kept.tenantId)) ||
        (await isBanned(store, stored.id, kept.userId, kept.deviceHash)) ||
        (grant && (await tokens.isRevoked(grant))))
    // Of two who show the same credential at once, one has the seat by now.
    if (!stored || !role || isKeptOut || !connection.open || !this.#resumes.kept(used)) return null
    const room = living.open(stored)
    if (room.isFull || room.isTenantFull) return null
    this.#resumes.takeKept(kept)
    return tell(room.admit(connection, { ...kept, isPlain: false, role, grant, sessionId: randomId() }, kept.declared, next))
  }

  /** Sends those out who came with a token that is good no more. */
  #cutOff(tokenId: string): void {
    const { store, living } = this.#context
    for (const room of [...living]) {
      for (const peer of [...room.roster]) if (peer.seat.grant?.tokenId === tokenId) room.sendOut(peer, 'tokenRevoked')
      room.door.revoke(tokenId)
    }
    dropSeats(
      store,
      this.#resumes.dropKept((seat) => seat.tokenId === tokenId),
    )
  }
}

/** By what someone who comes back is known. */
type Client = Pick<Applicant, 'deviceHash' | 'isPlain'>

const isSame = (owner: Client | undefined, { deviceHash, isPlain }: Client) =>
  owner?.deviceHash === deviceHash && owner.isPlain === isPlain

/** What someone who has a seat now, or waits for one, needs to know. */
function tell(holder: Peer | Waiter): Promise<Admittance> | Admittance {
  return holder instanceof Peer ? holder.room.welcome(holder) : holder.room.door.placeOf(holder)
}

function grantOf({ tenantId, roomId, userId, name, permissions, tokenId }: KeptSeat): Grant | null {
  return permissions === null || tokenId === null ? null : { tokenId, tenantId, roomId, userId, name, permissions }
}

const missing = (path: string, sentence: string) =>
  new AppError('badRequest', `joinRoom: ${path}: ${sentence}`, { details: { path } })

const isNoRoom = (error: unknown) => error instanceof AppError && error.code === 'roomNotFound'
