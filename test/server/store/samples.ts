import { randomUUID } from 'node:crypto'
import { insertMessage } from '../../../src/main/server/store/messages.ts'
import { insertRoom, type StoredRoom } from '../../../src/main/server/store/rooms.ts'
import type { OpenedSeat } from '../../../src/main/server/store/seats.ts'
import type { Db } from '../../../src/main/server/store/Store.ts'

export const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 12, 0, second)).toISOString()

export function aRoom(changes: Partial<StoredRoom> = {}): Omit<StoredRoom, 'joinCode' | 'version'> {
  return {
    id: 'room',
    tenantId: 'local',
    name: 'Room',
    slug: null,
    description: '',
    hostUserId: 'ada',
    hostName: 'Ada',
    visibility: 'public',
    admission: 'open',
    locked: false,
    passwordHash: null,
    maxPeers: 100,
    emptyTtl: null,
    topology: 'sfu',
    timeZone: 'UTC',
    schedule: null,
    mediaLimits: { microphone: true, camera: true, screen: true, maxKbps: null },
    metadata: {},
    closedAt: null,
    deleteAt: null,
    createdAt: at(0),
    updatedAt: at(0),
    ...changes,
  }
}

let codes = 0
/** Stores a room under a code of its own. */
export function addRoom(db: Db, changes: Partial<StoredRoom> = {}): Promise<StoredRoom> {
  return insertRoom(db, aRoom(changes), () => String(++codes).padStart(6, '0'))
}

export function aSeat(changes: Partial<OpenedSeat> = {}): OpenedSeat {
  return {
    peerId: 'seat',
    tenantId: 'local',
    roomId: 'room',
    userId: 'ada',
    deviceHash: 'device',
    name: 'Ada',
    role: 'speaker',
    sessionId: 'session',
    joinedAt: at(0),
    connectedAt: at(0),
    microphone: true,
    camera: false,
    screen: false,
    address: '127.0.0.1',
    permissions: null,
    tokenId: null,
    resumeHash: 'hash',
    previousResumeHash: null,
    ...changes,
  }
}

export function say(db: Db, text: string, clientMessageId: string = randomUUID(), roomId = 'room') {
  return insertMessage(db, { roomId, from: { userId: 'ada', peerId: 'seat', name: 'Ada' }, clientMessageId, text, sentAt: at(0) })
}
