/** What comes from an older server: its rooms, their members and what was said, each stored once, however often it comes. */
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import {
  Admission,
  ChatText,
  Description,
  DisplayName,
  Id,
  Metadata,
  Role,
  RoomName,
  RoomSettings,
  Timestamp,
  Visibility,
} from '../../shared/model.ts'
import { defaultSettings } from './Directory.ts'
import { deriveKey } from './ids.ts'
import { hashPassword } from './passwords.ts'
import type { RoomServer } from './RoomServer.ts'
import { audit, type Actor } from './store/audit.ts'
import { adoptMembers } from './store/members.ts'
import { adoptMessages } from './store/messages.ts'
import { roomById, type StoredRoom } from './store/rooms.ts'
import type { Store } from './store/Store.ts'

/** Members or messages in one request: one transaction, which a living server's chat waits for. */
export const IMPORTED_AT_ONCE = 200

/** As the store writes times, so that text order is time order. */
const Time = Timestamp.transform((time) => new Date(time).toISOString())
const Name = DisplayName.or(z.literal(''))

export const ImportedRoom = z.object({
  /** What the other server called it, and which server that was: the same two are the same room. */
  sourceId: z.string().min(1).max(255),
  from: z.string().max(64),
  name: RoomName,
  slug: RoomSettings.shape.slug.unwrap(),
  joinCode: z.string().nullable(),
  description: Description,
  visibility: Visibility,
  admission: Admission,
  password: z.string().min(1).max(256).nullable(),
  maxPeers: z.int().min(0).max(10_000),
  metadata: Metadata,
  host: z.object({ userId: Id, name: Name }).nullable(),
  createdAt: Time,
  updatedAt: Time,
})
export type ImportedRoom = z.infer<typeof ImportedRoom>

export const ImportedMember = z.object({ userId: Id, name: Name, role: Role.exclude(['host']), since: Time })
export type ImportedMember = z.infer<typeof ImportedMember>

export const ImportedMessage = z.object({
  /** The same for the same message each time. */
  clientMessageId: z.uuid(),
  userId: Id,
  name: Name,
  text: ChatText,
  sentAt: Time,
})
export type ImportedMessage = z.infer<typeof ImportedMessage>

export interface Imported {
  imported: number
  unchanged: number
}

/** No seat said it: ids have one character at least. */
const NO_SEAT = 'imported'

interface Context {
  rooms: RoomServer
  store: Store
  masterKey: Uint8Array
}

/**
 * Stores a room, unless it came before: then it stays as it is now. Its id follows from where it comes from, and cannot be computed
 * elsewhere. A code or a slug that another room has is not taken from it: `notes` says so.
 */
export async function importRoom(
  { rooms, store, masterKey }: Context,
  tenantId: string,
  by: Actor,
  { sourceId, from, joinCode, host, password, ...settings }: ImportedRoom,
): Promise<{ room: StoredRoom; isNew: boolean; notes: string[] }> {
  const id = deriveKey(masterKey, `lanyard imported room ${JSON.stringify([tenantId, from, sourceId])}`)
    .slice(0, 22)
    .replace(/^-/, '_')
  const find = async () => {
    const room = await roomById(store, tenantId, id)
    return room && { room, isNew: false, notes: [] }
  }
  const known = await find()
  if (known) return known
  const wanted = {
    ...defaultSettings,
    ...settings,
    ...{ id, tenantId, passwordHash: password === null ? null : await hashPassword(password), closedAt: null, deleteAt: null },
    ...{ hostUserId: host?.userId ?? null, hostName: host?.name ?? null },
  }
  const notes: string[] = []
  let room: StoredRoom
  try {
    room = await rooms.directory.adopt(wanted, by, joinCode).catch(async (error: unknown) => {
      if (!(error instanceof AppError && error.code === 'slugTaken')) throw error
      const other = await rooms.directory.adopt({ ...wanted, slug: null }, by, joinCode)
      notes.push(`another room is called ${settings.slug ?? ''} already: it has no slug`)
      return other
    })
  } catch (error) {
    // Of several imports of the same room at once, one has stored it.
    const meanwhile = await find()
    if (!meanwhile) throw error
    return meanwhile
  }
  if (joinCode !== null && room.joinCode !== joinCode)
    notes.push(`another room has the code ${joinCode}: it has ${room.joinCode}`)
  if (host) await adoptMembers(store, { tenantId, roomId: id, members: [{ ...host, role: 'host', since: room.createdAt }] })
  return { room, isNew: true, notes }
}

/** Gives people their places. Whoever has one keeps the role that they have now. */
export async function importMembers(
  { rooms, store }: Context,
  { tenantId, id: roomId }: StoredRoom,
  by: Actor,
  members: readonly ImportedMember[],
): Promise<Imported> {
  const added = new Set(await adoptMembers(store, { tenantId, roomId, members }))
  for (const { userId, name, role } of members) {
    if (!added.has(userId)) continue
    rooms.living.get(roomId)?.place(userId, role)
    const note = { at: new Date().toISOString(), act: 'memberAdded', subject: { id: userId, name }, details: { role } } as const
    audit(store, { tenantId, roomId, actor: by, ...note })
  }
  return { imported: added.size, unchanged: members.length - added.size }
}

/** Stores what was said, after what is there. Throws `roomNotFound`. */
export async function importMessages(
  { store }: Context,
  room: StoredRoom,
  messages: readonly ImportedMessage[],
): Promise<Imported> {
  const said = messages.map(({ userId, name, ...message }) => ({ ...message, from: { userId, peerId: NO_SEAT, name } }))
  const imported = await adoptMessages(store, room.id, said)
  return { imported, unchanged: messages.length - imported }
}
