import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import { DisplayName, Id, type Permissions } from '../../shared/model.ts'
import { deriveKey, hashSecret, randomId, userIdOf } from './ids.ts'
import { noSuchRoom } from './Directory.ts'
import type { StoredRoom } from './store/rooms.ts'
import type { Store } from './store/Store.ts'
import { tenantById } from './store/tenants.ts'
import { dropTokens, insertToken, revokeToken, tokenState, unuseToken, useToken } from './store/tokens.ts'

/** The one algorithm: what a token's header says of it is compared, never followed (RFC 8725, 3.1). */
const ALGORITHM = 'HS256'
/** Told from other JWTs by their type and their audience (RFC 8725, 3.11 and 3.9). */
const TYPE = 'lanyard-room+jwt'
const AUDIENCE = 'lanyard-room'
/** Which key of a tenant signs. */
const KEY_NUMBER = 1
/** In characters; as in the handshake. */
const MAX_LENGTH = 4_096
/** Three parts of base64url and nothing around them. Decoders forgive more. */
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** How long tokens are remembered after their end, in ms. */
const KEPT_MS = 24 * 3_600_000

/** What a token says of its bearer. */
export interface Grant {
  tokenId: string
  tenantId: string
  roomId: string
  userId: string
  name: string
  permissions: Permissions
}

export interface Wish {
  userName: string
  /** Whose token it is, where the program knows its people; else each token is a person of its own. */
  userId?: string | undefined
  /** How long it can be used, in seconds. */
  duration: number
  permissions: Permissions
  singleUse: boolean
}

const Claims = z.object({
  jti: Id,
  sub: Id,
  tenant: z.string(),
  room: Id,
  user_name: DisplayName,
  permissions: z.strictObject({ publish: z.boolean(), subscribe: z.boolean(), chat: z.boolean(), moderate: z.boolean() }),
})

/**
 * Tokens that let people into one room: JWTs, signed with a key of the tenant that follows from the server's master key. Says
 * `revoked` with the id of one that is good no more.
 */
export class Tokens extends Emitter<{ revoked: [tokenId: string] }> {
  readonly #store: Store
  readonly #masterKey: Uint8Array
  readonly #issuer: string

  /** `issuer` is the server's id. */
  constructor(store: Store, masterKey: Uint8Array, issuer: string) {
    super()
    this.#store = store
    this.#masterKey = masterKey
    this.#issuer = issuer
  }

  /** A new token. Throws `roomNotFound` for a room that is gone meanwhile. */
  async mint(room: StoredRoom, wish: Wish): Promise<{ id: string; token: string; expiresAt: string }> {
    const { tenantId, id: roomId } = room
    const { userName, permissions, singleUse } = wish
    const id = randomId()
    const now = Math.floor(Date.now() / 1_000)
    const end = now + wish.duration
    const token = await new SignJWT({ tenant: tenantId, room: roomId, user_name: userName, permissions })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: `${tenantId}.${KEY_NUMBER}` })
      .setIssuer(this.#issuer)
      .setAudience(AUDIENCE)
      .setJti(id)
      .setSubject(wish.userId ?? userIdOf(tenantId, id))
      .setIssuedAt(now)
      .setExpirationTime(end)
      .sign(this.#key(tenantId, KEY_NUMBER))
    const times = { createdAt: iso(now * 1_000), expiresAt: iso(end * 1_000) }
    const row = {
      id,
      tenantId,
      roomId,
      userName,
      permissions,
      singleUse,
      ...times,
      hash: hashSecret(token),
      keyNumber: KEY_NUMBER,
    }
    if (!(await insertToken(this.#store, row))) throw noSuchRoom()
    dropTokens(this.#store, iso(Date.now() - KEPT_MS))
    return { id, token, expiresAt: times.expiresAt }
  }

  /**
   * What a token says, where it was given out here, and can be used still. Throws `tokenExpired`, `tokenRevoked`, and `unauthorized`
   * for everything else that is wrong with it.
   */
  async verify(token: string): Promise<Grant> {
    const { jti, sub, tenant, room, user_name, permissions } = await this.#claims(token)
    const state = await tokenState(this.#store, tenant, jti)
    // The hash, because the same signature can be written in more than one way.
    if (state?.hash !== hashSecret(token) || state.roomId !== room) throw unauthorized()
    if (state.revokedAt !== null) throw revoked()
    if (state.singleUse && state.usedAt !== null) throw used()
    if (!(await tenantById(this.#store, tenant))?.active) throw unauthorized()
    return { tokenId: jti, tenantId: tenant, roomId: room, userId: sub, name: user_name, permissions }
  }

  /**
   * Uses a token to come in; one for a single use is spent by it. Resolves with what gives it back, for one that led nowhere. Throws
   * `tokenExpired`, `tokenRevoked`, and `unauthorized` for one that is spent.
   */
  async spend({ tenantId, tokenId }: Grant): Promise<() => void> {
    const at = iso(Date.now())
    if (await useToken(this.#store, tenantId, tokenId, at)) return () => unuseToken(this.#store, tenantId, tokenId, at)
    const state = await tokenState(this.#store, tenantId, tokenId)
    // A token goes with its room.
    if (!state) throw noSuchRoom()
    if (state.expiresAt <= at) throw expired()
    throw state.revokedAt === null ? used() : revoked()
  }

  /** Throws `tokenRevoked` for one that was taken back meanwhile. */
  async requireGood(grant: Grant): Promise<void> {
    if (await this.isRevoked(grant)) throw revoked()
  }

  async isRevoked({ tenantId, tokenId }: Grant): Promise<boolean> {
    return ((await tokenState(this.#store, tenantId, tokenId))?.revokedAt ?? null) !== null
  }

  /** Takes a token back. Whoever came in by it is sent out. Throws `tokenNotFound`. */
  async revoke(tenantId: string, tokenId: string): Promise<void> {
    if (!(await revokeToken(this.#store, tenantId, tokenId, iso(Date.now()))))
      throw new AppError('tokenNotFound', 'There is no token with that id')
    this.emit('revoked', tokenId)
  }

  async #claims(token: string): Promise<z.infer<typeof Claims>> {
    if (token.length > MAX_LENGTH || !SHAPE.test(token)) throw unauthorized()
    try {
      const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => this.#keyOf(kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: this.#issuer,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'iat', 'jti', 'sub'],
      })
      const claims = Claims.parse(payload)
      if (!protectedHeader.kid?.startsWith(`${claims.tenant}.`)) throw unauthorized()
      return claims
    } catch (error) {
      throw error instanceof errors.JWTExpired ? expired() : unauthorized(error)
    }
  }

  /** Who a token says it is from decides only which key it has to be signed with. */
  #keyOf(kid: string | undefined): Uint8Array {
    const [, tenantId, number] = /^([a-z0-9-]{1,63})\.(\d{1,4})$/.exec(kid ?? '') ?? []
    if (tenantId === undefined || Number(number) !== KEY_NUMBER) throw unauthorized()
    return this.#key(tenantId, KEY_NUMBER)
  }

  #key(tenantId: string, number: number): Uint8Array {
    return Buffer.from(deriveKey(this.#masterKey, `lanyard token key ${number} ${tenantId}`), 'base64url')
  }
}

const iso = (ms: number) => new Date(ms).toISOString()

const unauthorized = (cause?: unknown) =>
  new AppError('unauthorized', 'This invitation is not valid here; ask for a new one', { cause })
const used = () =>
  new AppError('unauthorized', 'This invitation has been used already; ask for a new one', { details: { reason: 'used' } })
const expired = () => new AppError('tokenExpired', 'This invitation has expired; ask for a new one')
const revoked = () => new AppError('tokenRevoked', 'This invitation was taken back; ask for a new one')
