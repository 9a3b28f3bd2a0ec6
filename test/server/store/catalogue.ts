/** Every query of the store, with calls that go through all its branches: for tests that hold of each of them. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { KyselyPlugin } from 'kysely'
import * as audit from '../../../src/main/server/store/audit.ts'
import * as bans from '../../../src/main/server/store/bans.ts'
import * as history from '../../../src/main/server/store/history.ts'
import * as keys from '../../../src/main/server/store/keys.ts'
import * as members from '../../../src/main/server/store/members.ts'
import * as messages from '../../../src/main/server/store/messages.ts'
import * as rooms from '../../../src/main/server/store/rooms.ts'
import * as seats from '../../../src/main/server/store/seats.ts'
import type { Db, Store } from '../../../src/main/server/store/Store.ts'
import * as templates from '../../../src/main/server/store/templates.ts'
import * as tenants from '../../../src/main/server/store/tenants.ts'
import * as tokens from '../../../src/main/server/store/tokens.ts'
import * as users from '../../../src/main/server/store/users.ts'
import { aRoom, aSeat, at, say } from './samples.ts'

/** Files of the store that ask nothing of a table. */
const MACHINERY = [
  'Store',
  'WriterThread',
  'backup',
  'compiledOnce',
  'copier',
  'cursor',
  'errors',
  'file',
  'migrate',
  'privateFile',
  'reader',
  'statements',
  'tables',
  'writer',
]

type Calls = Record<string, ((db: Db) => unknown)[]>

const cursor = `${at(1)}~session`
const permissions = { publish: true, subscribe: true, chat: true, moderate: false }
const owner = { tenantId: 'local', userId: 'ada' }
const token: tokens.StoredToken = {
  ...{ id: 'token', tenantId: 'local', roomId: 'room', userName: 'Ada', hash: 'hash', permissions, singleUse: true },
  ...{ createdAt: at(0), expiresAt: at(9), keyNumber: 1 },
}
const entry: audit.AuditEntry = {
  ...{ tenantId: 'local', roomId: 'room', at: at(0), act: 'roomChanged', subject: null, details: {} },
  actor: { kind: 'person', id: 'ada', name: 'Ada' },
}

/** By file and function. `room` of `local` is there, and Ada is its host. */
export const catalogue: Record<string, Calls> = {
  audit: {
    audit: [(db) => audit.audit(db, entry)],
    noting: [(db) => rooms.changeRoom(audit.noting(db, entry), 'local', 'room', { name: 'Noted' })],
    auditOf: [(db) => audit.auditOf(db, 'local', 'room', 100)],
  },
  bans: {
    banUser: [
      (db) => bans.banUser(db, { roomId: 'room', userId: 'eve', deviceHash: null, name: 'Eve', bannedAt: at(1), by: 'Ada' }),
    ],
    unbanUser: [(db) => bans.unbanUser(db, 'room', 'eve')],
    isBanned: [(db) => bans.isBanned(db, 'room', 'eve', 'device'), (db) => bans.isBanned(db, 'room', 'eve', null)],
    bansOf: [(db) => bans.bansOf(db, 'room')],
  },
  history: {
    sessionsOf: [
      (db) => history.sessionsOf(db, 'local', 'room', { limit: 50 }),
      (db) => history.sessionsOf(db, 'local', 'room', { limit: 50, cursor }),
    ],
    usageOf: [(db) => history.usageOf(db, 'local', { roomId: 'room', from: at(0), before: at(9) })],
    minutesSince: [(db) => history.minutesSince(db, 'local', at(0), at(9))],
    roomsOfUser: [(db) => history.roomsOfUser(db, 'local', 'ada', 50)],
  },
  keys: {
    insertKey: [(db) => keys.insertKey(db, { id: 'key', tenantId: 'local', name: 'A program', hash: 'hash', createdAt: at(0) })],
    keyByHash: [(db) => keys.keyByHash(db, 'hash')],
    touchKey: [(db) => keys.touchKey(db, 'key', at(1))],
    listKeys: [(db) => keys.listKeys(db), (db) => keys.listKeys(db, 'local')],
    revokeKey: [(db) => keys.revokeKey(db, 'key', at(1))],
  },
  members: {
    roleOf: [(db) => members.roleOf(db, 'room', 'ada')],
    addMember: [(db) => members.addMember(db, { roomId: 'room', userId: 'ben', role: 'cohost', at: at(1) })],
    insertMember: [(db) => members.insertMember(db, { roomId: 'room', userId: 'ben', role: 'cohost', at: at(1) }).compile()],
    removeMember: [(db) => members.removeMember(db, 'room', 'ben')],
    membershipsOf: [(db) => members.membershipsOf(db, 'room')],
    adoptMembers: [
      (db) =>
        members.adoptMembers(db, {
          tenantId: 'local',
          roomId: 'room',
          members: [{ userId: 'cleo', name: 'Cleo', role: 'speaker', since: at(1) }],
        }),
    ],
  },
  messages: {
    // A repeat reads the first one.
    insertMessage: [(db) => say(db, 'Hello', 'once'), (db) => say(db, 'Hello', 'once')],
    adoptMessages: [
      (db) =>
        messages.adoptMessages(db, 'room', [
          { from: { userId: 'ada', peerId: 'seat', name: 'Ada' }, clientMessageId: 'older', text: 'Hello', sentAt: at(0) },
        ]),
    ],
    messagesOf: [
      (db) => messages.messagesOf(db, 'room', { limit: 50 }),
      (db) => messages.messagesOf(db, 'room', { before: '100', limit: 50 }),
      (db) => messages.messagesOf(db, 'room', { after: '100', limit: 50 }),
    ],
  },
  rooms: {
    insertRoom: [(db) => rooms.insertRoom(db, aRoom({ id: 'another' }), () => 'ANTHER')],
    renewCode: [(db) => rooms.renewCode(db, 'local', 'room', () => 'RENEWD')],
    changeRoom: [
      (db) => rooms.changeRoom(db, 'local', 'room', { name: 'Other' }),
      (db) => rooms.changeRoom(db, 'local', 'room', { name: 'Other' }, 1),
    ],
    giveRoom: [
      (db) => rooms.giveRoom(db, { tenantId: 'local', id: 'room', hostUserId: 'ada' }, { userId: 'ben', name: 'Ben' }, at(1)),
    ],
    noteOfRoom: [(db) => rooms.noteOfRoom(db, 'room', { hostName: 'Ada', deleteAt: null })],
    deleteRoom: [(db) => rooms.deleteRoom(db, 'local', 'another', 7), (db) => rooms.deleteRoom(db, 'local', 'another')],
    roomsToDelete: [(db) => rooms.roomsToDelete(db)],
    countRooms: [(db) => rooms.countRooms(db, 'local')],
    roomById: [(db) => rooms.roomById(db, 'local', 'room')],
    roomBySlug: [(db) => rooms.roomBySlug(db, 'local', 'slug')],
    roomByJoinCode: [(db) => rooms.roomByJoinCode(db, 'local', 'ABC123')],
    listRooms: [{ all: false }, { all: true }, { plain: true }].flatMap((which) => [
      (db: Db) => rooms.listRooms(db, { tenantId: 'local', limit: 50, ...which }),
      (db: Db) => rooms.listRooms(db, { tenantId: 'local', limit: 50, ...which, cursor }),
      (db: Db) => rooms.listRooms(db, { tenantId: 'local', limit: 50, ...which, cursor, query: 'part' }),
    ]),
  },
  seats: {
    openSeat: [(db) => seats.openSeat(db, aSeat())],
    updateSeat: [(db) => seats.updateSeat(db, 'seat', { microphone: true, camera: false, screen: false })],
    updateSeatRole: [(db) => seats.updateSeatRole(db, 'seat', 'cohost')],
    rotateResume: [(db) => seats.rotateResume(db, 'seat', { current: 'new', previous: 'hash' })],
    closeSeat: [
      (db) => seats.closeSeat(db, { peerId: 'seat', sessionId: 'session', at: at(2) }),
      (db) => seats.closeSeat(db, { peerId: 'seat', sessionId: 'session', at: at(2), canReturn: true }),
    ],
    closeOpenSessions: [(db) => seats.closeOpenSessions(db, at(2))],
    keptSeats: [(db) => seats.keptSeats(db)],
    dropSeats: [(db) => seats.dropSeats(db, ['seat'])],
  },
  templates: {
    saveTemplate: [
      (db) => templates.saveTemplate(db, owner, { templateId: 'template', name: 'Weekly', settings: {}, createdAt: at(0) }),
    ],
    templatesOf: [(db) => templates.templatesOf(db, owner)],
    deleteTemplate: [(db) => templates.deleteTemplate(db, owner, 'template')],
  },
  tenants: {
    tenantById: [(db) => tenants.tenantById(db, 'local')],
    listTenants: [(db) => tenants.listTenants(db)],
    changeTenant: [(db) => tenants.changeTenant(db, 'local', { tier: 'standard' })],
    addTenant: [(db) => tenants.addTenant(db, { id: 'acme', name: 'Acme', createdAt: at(0) })],
  },
  tokens: {
    insertToken: [(db) => tokens.insertToken(db, token)],
    tokenState: [(db) => tokens.tokenState(db, 'local', 'token')],
    useToken: [(db) => tokens.useToken(db, 'local', 'token', at(1))],
    unuseToken: [(db) => tokens.unuseToken(db, 'local', 'token', at(1))],
    revokeToken: [(db) => tokens.revokeToken(db, 'local', 'token', at(1))],
    noteRevoked: [(db) => tokens.noteRevoked(db, 'local', 'token', at(1))],
    dropTokens: [(db) => tokens.dropTokens(db, at(9))],
  },
  users: {
    touchUser: [(db) => users.touchUser(db, { id: 'ada', tenantId: 'local', deviceHash: null, name: 'Ada', at: at(0) })],
    nameUser: [(db) => users.nameUser(db, { id: 'ben', tenantId: 'local', name: 'Ben', at: at(0) }).compile()],
    userById: [(db) => users.userById(db, 'local', 'ada')],
    wasHereBefore: [(db) => users.wasHereBefore(db, 'local', 'ada', at(1))],
  },
}

/** What the store's files offer: the functions of each, but of those that ask nothing of a table. */
export async function offered(): Promise<Record<string, string[]>> {
  const folder = join(import.meta.dirname, '../../../src/main/server/store')
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !MACHINERY.includes(file.slice(0, -3)))
  const modules = files.map(async (file): Promise<[string, string[]]> => {
    const exported = (await import(/* @vite-ignore */ join(folder, file))) as Record<string, unknown>
    return [file.slice(0, -3), Object.keys(exported).filter((name) => typeof exported[name] === 'function')]
  })
  return Object.fromEntries(await Promise.all(modules))
}

export interface Statement {
  sql: string
  parameters: readonly unknown[]
}

/** The statements that a call makes of a store, each text once. */
export async function statementsOf(store: Store, calls: Calls[string]): Promise<Statement[]> {
  const statements = new Map<string, Statement>()
  const executor = store.query.getExecutor()
  const listen: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      const { sql, parameters } = executor.compileQuery(node, queryId)
      statements.set(sql, { sql, parameters })
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  }
  const db: Db = {
    query: store.query.withPlugin(listen),
    write: store.write.bind(store),
    record: store.record.bind(store),
  }
  for (const call of calls) await call(db)
  return [...statements.values()]
}
