import { AppError } from '../../shared/errors.ts'
import type { Params } from '../../shared/protocol.ts'
import type { Role } from '../../shared/roles.ts'
import { CodeBudget } from './CodeBudget.ts'
import type { Connection } from './Connection.ts'
import { noSuchRoom, type Directory } from './Directory.ts'
import { deriveKey, sameSecret } from './ids.ts'
import { LinkKeys, splitRef } from './LinkKeys.ts'
import { PasswordBudget } from './PasswordBudget.ts'
import { isPassword } from './passwords.ts'
import { roleWithout, type Applicant } from './Peer.ts'
import { roleOf } from './store/members.ts'
import type { StoredRoom } from './store/rooms.ts'
import type { KeptSeat } from './store/seats.ts'
import type { Store } from './store/Store.ts'
import { wasHereBefore } from './store/users.ts'
import type { Grant } from './Tokens.ts'

/** A device that was in a room here so long ago was not made for guessing codes; in ms. */
const KNOWN_AFTER_MS = 10 * 60_000

/** Whose rooms someone can reach, what they have to show for it, and by what they are counted when they guess. */
export type Asker = Pick<Connection, 'tenantId' | 'grant' | 'address'> & { userId: string | null }

/** What someone asks for who comes: the room that `ref` means, under a name. */
export interface JoinWish extends Omit<Params<'joinRoom'>, 'roomId' | 'joinCode' | 'name'> {
  name: string
  ref: string
  /** Whether the reference can be a code only. */
  codeOnly: boolean
}

/** What someone is to a room: whether they find it, which role they have in it, whether they know its password. */
export class Access {
  readonly #store: Store
  readonly #directory: Directory
  readonly #masterKey: Uint8Array
  readonly #linkKeys: LinkKeys
  readonly #codes = new CodeBudget()
  readonly #passwords = new PasswordBudget()

  constructor(store: Store, directory: Directory, masterKey: Uint8Array) {
    this.#store = store
    this.#directory = directory
    this.#masterKey = masterKey
    this.#linkKeys = new LinkKeys(masterKey)
  }

  /**
   * The room that a reference means, as it is now; with `codeOnly` it can be a code only. Throws `roomNotFound`, `rateLimited` for who
   * tries many codes (who has a link does not), and `forbidden` where a token is for another room.
   */
  async find(asker: Asker, ref: string, codeOnly = false): Promise<StoredRoom> {
    const named = codeOnly ? null : await this.#directory.findNamed(asker.tenantId, ref)
    const found = named ?? (await this.#findByCode(asker, ref))
    if (!found) throw noSuchRoom()
    if (asker.grant && asker.grant.roomId !== found.id) throw new AppError('forbidden', 'Your invitation is for another room')
    return found
  }

  /** Whoever takes a seat by what the room knows of them. */
  async applicant(connection: Connection, room: StoredRoom, wish: JoinWish): Promise<Applicant> {
    const role = await this.role(connection, room, wish.hostKey)
    return {
      userId: connection.userId,
      deviceHash: connection.deviceHash,
      name: wish.name,
      isPlain: connection.isPlain,
      role: role ?? roleWithout({ grant: null, isPlain: connection.isPlain }),
      grant: null,
      standing: role === null ? 'stranger' : role === 'host' || role === 'cohost' ? role : 'member',
      ...wishesOf(wish),
    }
  }

  /** Who comes with a token is who it says, and passes the password and the lobby. A role that someone has given them lasts. */
  async bearer(connection: Connection, grant: Grant, wish: JoinWish): Promise<Applicant> {
    const { userId, name, roomId } = grant
    return {
      userId,
      deviceHash: connection.deviceHash,
      name,
      isPlain: connection.isPlain,
      role: (await roleOf(this.#store, roomId, userId)) ?? roleWithout({ grant, isPlain: connection.isPlain }),
      grant,
      standing: 'member',
      ...wishesOf(wish),
    }
  }

  /** What someone is to a room for good; null for nobody that it knows. */
  async role(connection: Connection, room: StoredRoom, hostKey: string | undefined): Promise<Role | null> {
    return this.isHost(connection, room, hostKey) ? 'host' : roleOf(this.#store, room.id, connection.userId)
  }

  isHost(connection: Connection, stored: StoredRoom, hostKey: string | undefined): boolean {
    if (hostKey !== undefined && sameSecret(hostKey, this.hostKey(stored))) return true
    return connection.grant === null && stored.hostUserId === connection.userId
  }

  /** Derived, so that it need not be stored to be given again; another one for each host, so that whoever hands over keeps none. */
  hostKey({ id, hostUserId }: StoredRoom): string {
    return deriveKey(this.#masterKey, `lanyard host key ${id} ${hostUserId ?? ''}`)
  }

  /** What a link to the room carries beside its code. */
  linkKey(room: StoredRoom): string {
    return this.#linkKeys.of(room)
  }

  /** As what someone takes a seat back that a crash has left: as what the room knows them now. */
  async returnedRole({ roomId, userId, role }: KeptSeat, { hostUserId }: StoredRoom, grant: Grant | null): Promise<Role> {
    if (!grant && hostUserId === userId) return 'host'
    // A room of a program has no host but who comes with its key.
    if (!grant && hostUserId === null && role === 'host') return 'host'
    return (await roleOf(this.#store, roomId, userId)) ?? roleWithout({ grant, isPlain: false })
  }

  /** Throws `rateLimited` for who tries many passwords. */
  async knowsPassword(
    { address }: Pick<Connection, 'address'>,
    { id, passwordHash }: StoredRoom,
    password: string | undefined,
  ): Promise<boolean> {
    if (password === undefined || passwordHash === null) return false
    return this.#passwords.spend(id, address, () => isPassword(password, passwordHash))
  }

  async #findByCode({ tenantId, userId, address }: Asker, ref: string): Promise<StoredRoom | null> {
    const linked = this.#linkKeys.codeIn(tenantId, ref)
    if (linked !== null) return this.#directory.findByCode(tenantId, linked)
    // With a wrong key it is no code, and finds nothing, whether there is a room of that code or not.
    const lookUp = () => this.#directory.findByCode(tenantId, ref)
    // What cannot be a code costs nothing: nothing is guessed with it.
    if (splitRef(ref).code === null) return lookUp()
    const before = new Date(Date.now() - KNOWN_AFTER_MS).toISOString()
    const isKnown = userId !== null && (await wasHereBefore(this.#store, tenantId, userId, before))
    return this.#codes.spend({ address, knownUserId: isKnown ? userId : null }, lookUp)
  }
}

function wishesOf({ microphone = false, camera = false, screen = false, queue = false }: JoinWish) {
  return { declared: { microphone, camera, screen }, wouldWait: queue }
}
