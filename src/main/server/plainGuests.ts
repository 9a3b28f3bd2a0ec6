/**
 * Guests whose connection others can read, and alter. They watch, listen and chat, in rooms that are open to all anyway; no secret is taken from
 * them, and no right given to them.
 */
import { AppError } from '../../shared/errors.ts'
import type { Room } from '../../shared/model.ts'
import type { Params, RequestName } from '../../shared/protocol.ts'
import type { StoredRoom } from './store/rooms.ts'

/** Of a connection that others can read. */
export interface Plain {
  /** Where its owner can go on with encryption. */
  secureUrl: string
}

const always = () => true
/** Without what would be a secret, and without anything to send. */
const mayJoin = ({ password, hostKey, token, ...wish }: Params<'joinRoom'>) =>
  password === undefined && hostKey === undefined && token === undefined && sendsNothing(wish)
const sendsNothing = ({ microphone, camera, screen }: Params<'updateMember'>) => !microphone && !camera && !screen

/** All that they may ask. What is not here needs encryption. */
const permitted: { readonly [N in RequestName]?: (params: Params<N>) => boolean } = {
  listRooms: always,
  findRoom: always,
  joinRoom: mayJoin,
  leaveRoom: always,
  listMembers: always,
  updateMember: sendsNothing,
  sendChat: always,
  chatHistory: always,
  createTransport: ({ direction }) => direction === 'receive',
  connectTransport: always,
  restartIce: always,
  consume: always,
  pauseConsumer: always,
  resumeConsumer: always,
  closeConsumer: always,
}

/** Throws `encryptionRequired`. */
export function requirePermitted<N extends RequestName>(plain: Plain, name: N, params: Params<N>): void {
  if (permitted[name]?.(params) !== true) throw encryptionRequired(plain)
}

/** Whether they may come into a room: into those only that keep nobody out. */
export function admitsPlain({ visibility, admission, passwordHash }: StoredRoom): boolean {
  return visibility === 'public' && admission === 'open' && passwordHash === null
}

/** A room as it is shown to them: what stands for an invitation would be one for all who read along, also when the room is closed to them. */
export const inTheClear = (room: Room): Room => ({ ...room, linkKey: null })

export const encryptionRequired = ({ secureUrl: url }: Plain) =>
  new AppError('encryptionRequired', `That needs an encrypted connection: open ${url} instead`, { details: { url } })
