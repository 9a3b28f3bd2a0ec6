/** What is known of a client from how it has connected, and what it is greeted with. */
import type { IncomingMessage } from 'node:http'
import { AppError } from '../../shared/errors.ts'
import { Handshake, PROTOCOL_VERSION, type Welcome } from '../../shared/protocol.ts'
import type { Connection, Identity } from './Connection.ts'
import { hashSecret, LOCAL, randomId, userIdOf } from './ids.ts'
import { tokenInUrl } from './origin.ts'
import { encryptionRequired } from './plainGuests.ts'
import { isPlain } from './plainPort.ts'
import type { RoomServer } from './RoomServer.ts'

/** What the server says of itself in its greeting. */
export type About = Pick<Welcome, 'features' | 'server'>

/** Who has connected, and what they want to take back. */
export interface Identified {
  identity: Identity
  resume: string | undefined
}

/** Who connects, by what they have said of themselves. Throws the reason to refuse them. */
export async function identify(
  { auth, query }: { auth: unknown; query: object },
  request: IncomingMessage,
  { server, secureUrl }: { server: RoomServer; secureUrl: (request: IncomingMessage) => string },
): Promise<Identified> {
  if ('token' in query) throw tokenInUrl()
  const { device, token, resume } = parseHandshake(auth)
  const plain = isPlain(request.socket) ? { secureUrl: secureUrl(request) } : null
  if (plain) {
    // Said so that it is noticed: whoever has sent one has shown it to the whole network.
    if (device !== undefined || token !== undefined) throw encryptionRequired(plain)
    await server.tenants.requireActive(LOCAL)
    return { identity: { tenantId: LOCAL, userId: randomId(), deviceHash: null, grant: null, plain }, resume }
  }
  const deviceHash = device === undefined ? null : hashSecret(device)
  const userId = device === undefined ? randomId() : userIdOf(LOCAL, device)
  // Whoever takes a seat back needs no token for it, and may still bring the one that is spent.
  if (token === undefined || (resume !== undefined && server.entrance.canResume(resume, { deviceHash, isPlain: false }))) {
    await server.tenants.requireActive(LOCAL)
    return { identity: { tenantId: LOCAL, userId, deviceHash, grant: null, plain }, resume }
  }
  const grant = await server.tokens.verify(token)
  return { identity: { tenantId: grant.tenantId, userId: grant.userId, deviceHash, grant, plain }, resume }
}

/**
 * Whether the connection is encrypted by a certificate that browsers warn of, and not by that of a proxy; and where others can read it, that
 * they can, and where there is a better one first.
 */
export function aboutFor({ plain }: Connection, isOwnTls: boolean, { features, server }: About): About {
  const byOwnAuthority = isOwnTls && features['ownAuthority'] === true
  if (!plain) return { features: { ...features, plain: false, byOwnAuthority }, server }
  const urls = [plain.secureUrl, ...server.urls.filter((url) => url.startsWith('https:') && url !== plain.secureUrl)]
  const none = { relay: false, tokens: false, directCalls: false, autoCreate: false, byOwnAuthority }
  return { features: { ...features, ...none, plain: true }, server: { ...server, urls } }
}

function parseHandshake(auth: unknown): Handshake {
  const version = (auth as { protocol?: unknown } | undefined)?.protocol
  if (version !== PROTOCOL_VERSION) {
    throw new AppError('upgradeRequired', 'This client and the server speak different versions; update the older one', {
      details: { protocol: PROTOCOL_VERSION },
    })
  }
  const parsed = Handshake.safeParse(auth)
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? ''
    throw new AppError('badRequest', `The handshake is wrong at ${path}`, { details: { path } })
  }
  return parsed.data
}
