import { existsSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ConstraintError } from '../../../src/main/server/store/errors.ts'
import { messagesOf } from '../../../src/main/server/store/messages.ts'
import { closeSeat, openSeat } from '../../../src/main/server/store/seats.ts'
import { touchUser } from '../../../src/main/server/store/users.ts'
import { addRoom, aSeat, at, say } from './samples.ts'
import { commitsIn, connect, integrity, open } from './support.ts'

const user = (id: string) => ({ id, tenant_id: 'local', device_hash: null, name: id, created_at: at(0), seen_at: at(0) })

test('what comes together is one commit; what comes later is another', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const before = commitsIn(file)
  await Promise.all(Array.from({ length: 40 }, (_, i) => say(store, `${i}`)))
  expect(commitsIn(file) - before).toBe(1)
  await say(store, 'later')
  expect(commitsIn(file) - before).toBe(2)
})

test('a steady stream is stored in far fewer commits than messages', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const before = commitsIn(file)
  const answers: Promise<unknown>[] = []
  for (let i = 0; i < 400; i++) {
    answers.push(say(store, `${i}`))
    await nextTurn()
  }
  await Promise.all(answers)
  expect(commitsIn(file) - before).toBeLessThan(100)
})

test('an answer means that the commit is there for others to read', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const db = connect(file)
  for (let i = 1; i <= 20; i++) {
    await say(store, `${i}`)
    expect(db.prepare('SELECT count(*) FROM messages').pluck().get()).toBe(i)
    expect((await messagesOf(store, 'room', { limit: 1 })).messages[0]?.text).toBe(`${i}`)
  }
})

test('writes and records are stored in the order in which they came, over many groups', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const writes: Promise<unknown>[] = []
  for (let i = 0; i < 1000; i++) {
    if (i % 2 === 0) touchUser(store, { id: 'ada', tenantId: 'local', deviceHash: null, name: `${i}`, at: at(0) })
    else
      writes.push(
        store.write(
          store.query
            .updateTable('users')
            .set({ name: `${i}` })
            .where('name', '=', `${i - 1}`)
            .returning('name'),
        ),
      )
  }
  expect(await Promise.all(writes)).toEqual(Array.from({ length: 500 }, (_, i) => [[{ name: `${2 * i + 1}` }]]))
  expect(connect(file).prepare('SELECT name FROM users').pluck().all()).toEqual(['999'])
})

test('a bad row fails alone, and says what is wrong with it', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const before = commitsIn(file)
  const insert = (id: string) => store.write(store.query.insertInto('users').values(user(id)).returning('id'))
  const stranger = store.query
    .insertInto('room_members')
    .values({ room_id: 'absent', user_id: 'ada', role: 'host', joined_at: at(0) })
  const answers = await Promise.allSettled([insert('ada'), insert('ada'), store.write(stranger), insert('bob')])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(answers[0]).toMatchObject({ value: [[{ id: 'ada' }]] })
  const [, taken, absent] = answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as unknown) : null))
  expect(taken).toBeInstanceOf(ConstraintError)
  expect(taken).toMatchObject({ kind: 'unique', columns: ['users.tenant_id', 'users.id'] })
  expect(absent).toMatchObject({ kind: 'reference', columns: [] })
  expect(commitsIn(file) - before).toBe(1)
  expect(connect(file).prepare('SELECT id FROM users ORDER BY id').pluck().all()).toEqual(['ada', 'bob'])
})

test('a unit is stored whole or not at all', async () => {
  const { store, file } = await open()
  const insert = (id: string) => store.query.insertInto('users').values(user(id))
  const answers = await Promise.allSettled([
    store.write(insert('ada'), insert('bob'), insert('ada')),
    store.write(insert('eve'), insert('dan')),
  ])
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(connect(file).prepare('SELECT id FROM users ORDER BY id').pluck().all()).toEqual(['dan', 'eve'])
})

test('a statement that makes no sense fails alone too', async () => {
  const { store } = await open()
  const { query } = store
  const nonsense = query.insertInto('users').values({ ...user('ada'), name: { not: 'a value' } as unknown as string })
  await expect(store.write(nonsense)).rejects.toThrow(/bind/)
  await expect(store.write(query.insertInto('users').values(user('bob')).returning('id'))).resolves.toEqual([[{ id: 'bob' }]])
})

test('a record that does not fit is dropped, and those around it are stored', async () => {
  const { store, file } = await open()
  await addRoom(store)
  openSeat(store, aSeat({ peerId: 'seat-1', sessionId: 'session-1' }))
  openSeat(store, aSeat({ peerId: 'seat-2', sessionId: 'session-2', roomId: 'absent' }))
  openSeat(store, aSeat({ peerId: 'seat-3', sessionId: 'session-3' }))
  await store.write()
  expect(connect(file).prepare('SELECT id FROM sessions ORDER BY id').pluck().all()).toEqual(['session-1', 'session-3'])
})

test('the connection that reads cannot write', async () => {
  const { store } = await open()
  await expect(store.query.insertInto('users').values(user('ada')).execute()).rejects.toMatchObject({
    code: 'storeUnavailable',
    details: { reason: 'readOnly' },
  })
})

test('closing stores what waits and leaves one whole file', async () => {
  const { store, file } = await open()
  await addRoom(store)
  openSeat(store, aSeat())
  closeSeat(store, { peerId: 'seat', sessionId: 'session', at: at(1) })
  const words = Array.from({ length: 600 }, (_, i) => `word ${i}`)
  const unanswered = Promise.all(words.map((word) => say(store, word)))
  await Promise.all([store.close(), store.close()])
  expect((await unanswered).map(({ message }) => message.text)).toEqual(words)
  expect(existsSync(`${file}-wal`)).toBe(false)
  const db = connect(file)
  expect(integrity(db)).toBe('ok')
  expect(db.prepare('SELECT disconnected_at FROM sessions').pluck().all()).toEqual([at(1)])
  expect(db.prepare('SELECT text FROM messages ORDER BY id').pluck().all()).toEqual(words)
})

test('a closed store refuses writes and lets records go', async () => {
  const { store } = await open()
  await store.close()
  await expect(say(store, 'too late')).rejects.toMatchObject({ code: 'storeUnavailable', details: { reason: 'closed' } })
  expect(() => touchUser(store, { id: 'ada', tenantId: 'local', deviceHash: null, name: 'Ada', at: at(0) })).not.toThrow()
})
