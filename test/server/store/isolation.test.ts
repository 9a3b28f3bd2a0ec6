import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogue, statementsOf, type Statement } from './catalogue.ts'
import { addRoom } from './samples.ts'
import { open } from './support.ts'

/** Why a statement that names no tenant crosses none, and what it has to go by. */
interface Reason {
  why: string
  by: RegExp
}
const room: Reason = {
  why: 'by the id of a room: 128 random bits, from a room that was found with its tenant',
  by: /where "room_id" = \?|^insert into "\w+" \("room_id"/,
}
const seat: Reason = {
  why: 'by ids that the server itself has made for a seat',
  by: /where ("peer_id"|"id") = \?|\("peer_id", "room_id"/,
}
const owner: Reason = { why: 'for whoever runs the server, who has all tenants', by: /"api_keys"/ }
const upkeep: Reason = { why: 'at the start, or by time, over all tenants; nothing of it is told to anyone', by: /(?:)/ }

const exceptions: Record<string, Reason> = {
  'bans.banUser': room,
  'bans.unbanUser': room,
  'bans.isBanned': room,
  'bans.bansOf': room,
  'keys.keyByHash': { why: 'a key says whose it is; the hash is of 256 random bits', by: /where "hash" = \?/ },
  'keys.touchKey': { why: 'by the id of a key that was shown', by: /"api_keys" set "used_at" = \? where "id" = \?/ },
  'keys.listKeys': owner,
  'keys.revokeKey': owner,
  'members.roleOf': room,
  'members.addMember': room,
  'members.adoptMembers': room,
  'members.insertMember': room,
  'members.removeMember': room,
  'members.membershipsOf': room,
  'messages.insertMessage': {
    why: 'into a room that someone has a seat in; a repeat is read by the id that this has answered',
    by: /^insert into "messages" \("room_id"|from "messages" where "id" = \?/,
  },
  'messages.adoptMessages': room,
  'messages.messagesOf': room,
  'rooms.insertRoom': {
    why: 'the membership of the host in the room that is made with it',
    by: /^insert into "room_members" \("room_id"/,
  },
  'rooms.giveRoom': { why: 'the memberships of the room that is given with them', by: /^insert into "room_members" \("room_id"/ },
  'rooms.noteOfRoom': {
    why: 'of a living room, by the id that it was found with',
    by: /^update "rooms" set .* where "id" = \?$/,
  },
  'rooms.roomsToDelete': upkeep,
  'seats.openSeat': seat,
  'seats.updateSeat': seat,
  'seats.updateSeatRole': seat,
  'seats.rotateResume': seat,
  'seats.closeSeat': seat,
  'seats.closeOpenSessions': upkeep,
  'seats.keptSeats': upkeep,
  'seats.dropSeats': seat,
  'tenants.tenantById': {
    why: 'the tenant itself, as a key or a token that was checked names it',
    by: /from "tenants" where "id" = \?/,
  },
  'tenants.listTenants': { ...owner, by: /"tenants"/ },
  'tenants.changeTenant': { ...owner, by: /"tenants" set .* where "id" = \?/ },
  'tenants.addTenant': { why: 'the tenant itself; one that there is stays as it is', by: /on conflict \("id"\) do nothing/ },
  'tokens.dropTokens': upkeep,
}

/** Whether a statement can reach rows of one tenant only: it is given whose they are, also where it changes a row that is there. */
function isBound({ sql }: Statement): boolean {
  // A part of another statement, which has no rows of its own.
  if (/^select (?!.* from )/.test(sql)) return true
  const [, columns, conflict] =
    /^(?:insert|replace) into "\w+" \(([^)]*)\)(?:.* on conflict \(([^)]*)\) do update)?/.exec(sql) ?? []
  if (columns !== undefined) return columns.includes('"tenant_id"') && (conflict?.includes('"tenant_id"') ?? true)
  return /\bwhere .*"tenant_id" = \?/.test(sql)
}

test('F16: every query restricts by tenant, or is listed here with the reason why it crosses none', async () => {
  const { store } = await open()
  await addRoom(store)
  const unbound = new Set<string>()
  for (const [file, calls] of Object.entries(catalogue))
    for (const [name, samples] of Object.entries(calls))
      for (const statement of await statementsOf(store, samples)) {
        if (isBound(statement)) continue
        const query = `${file}.${name}`
        unbound.add(query)
        expect(exceptions[query], `a reason for ${query}: ${statement.sql}`).toBeDefined()
        expect(statement.sql, query).toMatch(exceptions[query]!.by)
      }
  expect([...unbound].sort()).toEqual(Object.keys(exceptions).sort())
})

test('F16: queries are built in the store’s folder only, where all of them are looked at', () => {
  const server = join(import.meta.dirname, '../../../src/main/server')
  const files = globSync('**/*.ts', { cwd: server }).filter((file) => !/^store[\\/]/.test(file))
  expect(files.length).toBeGreaterThan(30)
  const builds = /\b(selectFrom|insertInto|replaceInto|updateTable|deleteFrom|better-sqlite3|kysely)\b/
  // Its lock is a database of its own, without a table.
  expect(files.filter((file) => builds.test(readFileSync(join(server, file), 'utf8')))).toEqual(['DataDir.ts'])
})
