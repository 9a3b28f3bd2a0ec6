import { expect, test } from 'vitest'
import {
  closeOpenSessions,
  closeSeat,
  dropSeats,
  keptSeats,
  openSeat,
  rotateResume,
  updateSeat,
} from '../../../src/main/server/store/seats.ts'
import type { Store } from '../../../src/main/server/store/Store.ts'
import { touchUser } from '../../../src/main/server/store/users.ts'
import { addRoom, aSeat, at } from './samples.ts'
import { connect, open } from './support.ts'

/** Records have no answer, but writes come after them. */
const recorded = (store: Store) => store.write()

async function openRoom() {
  const { store, file } = await open()
  await addRoom(store)
  return { store, db: connect(file) }
}

test('a seat that is taken shows in presence and history', async () => {
  const { store, db } = await openRoom()
  openSeat(store, aSeat())
  await recorded(store)
  expect(db.prepare('SELECT * FROM presence').all()).toEqual([
    {
      peer_id: 'seat',
      room_id: 'room',
      user_id: 'ada',
      session_id: 'session',
      name: 'Ada',
      microphone: 1,
      camera: 0,
      screen: 0,
      joined_at: at(0),
    },
  ])
  expect(db.prepare('SELECT * FROM sessions').all()).toMatchObject([
    {
      id: 'session',
      tenant_id: 'local',
      room_id: 'room',
      user_id: 'ada',
      peer_id: 'seat',
      user_name: 'Ada',
      address: '127.0.0.1',
      disconnected_at: null,
    },
  ])
})

test('a seat that is left is in history only', async () => {
  const { store, db } = await openRoom()
  openSeat(store, aSeat())
  closeSeat(store, { peerId: 'seat', sessionId: 'session', at: at(9) })
  await recorded(store)
  expect(db.prepare('SELECT count(*) FROM presence').pluck().get()).toBe(0)
  expect(db.prepare('SELECT disconnected_at FROM sessions').pluck().all()).toEqual([at(9)])
  expect(await keptSeats(store)).toEqual([])
})

test('a session ends once', async () => {
  const { store, db } = await openRoom()
  openSeat(store, aSeat())
  for (const second of [5, 9]) closeSeat(store, { peerId: 'seat', sessionId: 'session', at: at(second) })
  await recorded(store)
  expect(db.prepare('SELECT disconnected_at FROM sessions').pluck().all()).toEqual([at(5)])
})

test('a seat is kept as it was last, with its credential and the one before', async () => {
  const { store, db } = await openRoom()
  openSeat(store, aSeat())
  updateSeat(store, 'seat', { microphone: false, camera: true, screen: true })
  rotateResume(store, 'seat', { current: 'newer', previous: 'hash' })
  await recorded(store)
  expect(await keptSeats(store)).toEqual([
    {
      hash: 'newer',
      previousHash: 'hash',
      peerId: 'seat',
      tenantId: 'local',
      roomId: 'room',
      userId: 'ada',
      deviceHash: 'device',
      name: 'Ada',
      role: 'speaker',
      declared: { microphone: false, camera: true, screen: true },
      permissions: null,
      tokenId: null,
      sessionId: 'session',
      joinedAt: at(0),
    },
  ])
  expect(db.prepare('SELECT microphone, camera, screen FROM presence').get()).toEqual({ microphone: 0, camera: 1, screen: 1 })
})

test('after a crash sessions are closed, nobody is present, and seats can be taken back', async () => {
  const { store, db } = await openRoom()
  openSeat(store, aSeat())
  openSeat(store, aSeat({ peerId: 'gone', sessionId: 'session-2', resumeHash: 'hash-2' }))
  closeSeat(store, { peerId: 'gone', sessionId: 'session-2', at: at(1) })
  await recorded(store)
  db.exec(`UPDATE sessions SET connected_at = '${at(0)}'`)

  await closeOpenSessions(store, at(30))
  expect(db.prepare('SELECT disconnected_at FROM sessions ORDER BY id').pluck().all()).toEqual([at(30), at(1)])
  expect(db.prepare('SELECT count(*) FROM presence').pluck().get()).toBe(0)
  expect(await keptSeats(store)).toMatchObject([{ peerId: 'seat', hash: 'hash' }])

  openSeat(store, aSeat({ sessionId: 'session-3', resumeHash: 'hash-3', previousResumeHash: 'hash' }))
  await recorded(store)
  expect(db.prepare('SELECT session_id FROM presence').pluck().all()).toEqual(['session-3'])
  expect(db.prepare('SELECT id FROM sessions WHERE disconnected_at IS NULL').pluck().all()).toEqual(['session-3'])
  expect(await keptSeats(store)).toMatchObject([{ peerId: 'seat', hash: 'hash-3', previousHash: 'hash', sessionId: 'session-3' }])
})

test('seats that nobody takes back in time are dropped', async () => {
  const { store } = await openRoom()
  for (const peerId of ['seat-1', 'seat-2', 'seat-3']) openSeat(store, aSeat({ peerId, sessionId: peerId }))
  dropSeats(store, ['seat-1', 'seat-3', 'absent'])
  dropSeats(store, [])
  await recorded(store)
  expect((await keptSeats(store)).map(({ peerId }) => peerId)).toEqual(['seat-2'])
})

test('no session ends before it began', async () => {
  const { store, db } = await openRoom()
  openSeat(store, aSeat())
  await recorded(store)
  await closeOpenSessions(store, '2000-01-01T00:00:00.000Z')
  expect(db.prepare('SELECT disconnected_at = connected_at FROM sessions').pluck().all()).toEqual([1])
})

test('history outlives its room; presence, chat and credentials do not', async () => {
  const { store, db } = await openRoom()
  openSeat(store, aSeat())
  await recorded(store)
  db.exec('DELETE FROM rooms')
  const counts = ['sessions', 'presence', 'resumes', 'room_members'].map((table) =>
    db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  )
  expect(counts).toEqual([1, 0, 0, 0])
})

test('someone who is seen again keeps their row, and has their latest name', async () => {
  const { store, db } = await openRoom()
  touchUser(store, { id: 'ada', tenantId: 'local', deviceHash: 'device', name: 'Ada', at: at(1) })
  touchUser(store, { id: 'ada', tenantId: 'local', deviceHash: 'device', name: 'Countess', at: at(2) })
  touchUser(store, { id: 'bob', tenantId: 'local', deviceHash: null, name: 'Bob', at: at(3) })
  touchUser(store, { id: 'eve', tenantId: 'local', deviceHash: null, name: 'Eve', at: at(4) })
  await recorded(store)
  expect(db.prepare('SELECT id, name, created_at, seen_at FROM users ORDER BY id').raw().all()).toEqual([
    ['ada', 'Countess', at(1), at(2)],
    ['bob', 'Bob', at(3), at(3)],
    ['eve', 'Eve', at(4), at(4)],
  ])
})
