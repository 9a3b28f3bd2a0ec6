/** Lasting places in rooms, given and taken from outside: nobody has to be there. Seats of those who are follow at once. */
import { AppError } from '../../shared/errors.ts'
import type { Membership } from '../../shared/model.ts'
import type { Role } from '../../shared/roles.ts'
import type { RoomServer } from './RoomServer.ts'
import { noting, type Act, type Actor, type AuditEntry } from './store/audit.ts'
import { insertMember, membershipsOf, removeMember, roleOf } from './store/members.ts'
import type { StoredRoom } from './store/rooms.ts'
import type { Store } from './store/Store.ts'
import { nameUser, userById } from './store/users.ts'

/** Someone's place. Throws `memberNotFound`. */
export async function membershipOf(store: Store, room: StoredRoom, userId: string): Promise<Membership> {
  const found = (await membershipsOf(store, room.id)).find((membership) => membership.userId === userId)
  if (!found) throw noSuchMember()
  return found
}

/**
 * Gives someone a lasting place, or another role; and a name, where they have none of their own. Throws `forbidden` for the host, who can
 * only hand over.
 */
export async function putMember(
  { rooms, store }: { rooms: RoomServer; store: Store },
  room: StoredRoom,
  by: Actor,
  userId: string,
  { role, name: named }: { role: Exclude<Role, 'host'>; name?: string | undefined },
): Promise<{ membership: Membership; isNew: boolean }> {
  requireNotHost(room, userId)
  const isNew = (await roleOf(store, room.id, userId)) === null
  const known = await userById(store, room.tenantId, userId)
  const name = (known?.hasDevice ? known.name : (named ?? known?.name)) ?? ''
  const note = noteOf(room, by, isNew ? 'memberAdded' : 'roleChanged', { userId, name }, { role })
  const naming = named === undefined ? [] : [nameUser(store, { id: userId, tenantId: room.tenantId, name: named, at: note.at })]
  await noting(store, note).write(...naming, insertMember(store, { roomId: room.id, userId, role, at: note.at }))
  rooms.living.get(room.id)?.place(userId, role)
  return { membership: await membershipOf(store, room, userId), isNew }
}

/** Takes someone's lasting place away. Throws `memberNotFound`, and `forbidden` for the host. */
export async function dropMember(
  { rooms, store }: { rooms: RoomServer; store: Store },
  room: StoredRoom,
  by: Actor,
  userId: string,
): Promise<void> {
  requireNotHost(room, userId)
  const membership = await membershipOf(store, room, userId)
  const noted = noting(store, noteOf(room, by, 'memberRemoved', membership))
  if (!(await removeMember(noted, room.id, userId))) throw noSuchMember()
  rooms.living.get(room.id)?.place(userId, null)
}

function requireNotHost(room: StoredRoom, userId: string): void {
  if (room.hostUserId === userId) throw new AppError('forbidden', 'The host of a room stays it until they hand over')
}

function noteOf(
  { tenantId, id }: StoredRoom,
  actor: Actor,
  act: Act,
  { userId, name }: Pick<Membership, 'userId' | 'name'>,
  details: AuditEntry['details'] = {},
): AuditEntry {
  return { tenantId, roomId: id, at: new Date().toISOString(), act, actor, subject: { id: userId, name }, details }
}

const noSuchMember = () => new AppError('memberNotFound', 'Nobody with that id has a lasting place in this room')
