import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { messagesOf } from '../../../src/main/server/store/messages.ts'
import { closeSeat, openSeat } from '../../../src/main/server/store/seats.ts'
import type { Store } from '../../../src/main/server/store/Store.ts'
import { touchUser } from '../../../src/main/server/store/users.ts'
import { addRoom, aSeat, at, say } from './samples.ts'
import { connect, integrity, open } from './support.ts'

const refused = (reason: unknown) => ({ code: 'storeUnavailable', details: { reason } })

/** What a store says of itself, in order. */
function newsOf(store: Store): string[] {
  const news: string[] = []
  store.on('trouble', ({ details }) => news.push(`trouble: ${String(details?.['reason'])}`))
  store.on('healed', () => news.push('healed'))
  return news
}

/** A store, and the thread of its writer. */
async function openWithThread(): Promise<{ store: Store; file: string; thread: Worker }> {
  const started = once(process, 'worker')
  const opened = await open()
  const [thread] = (await started) as [Worker]
  return { ...opened, thread }
}

test('a locked database refuses writes, lets reads pass, keeps records, and heals by itself', async () => {
  const { store, file } = await open()
  await addRoom(store)
  await say(store, 'before')
  const news = newsOf(store)
  const other = connect(file)

  other.exec('BEGIN EXCLUSIVE')
  openSeat(store, aSeat())
  await expect(say(store, 'during')).rejects.toMatchObject(refused('locked'))
  closeSeat(store, { peerId: 'seat', sessionId: 'session', at: at(7) })
  await expect(say(store, 'still')).rejects.toMatchObject(refused('locked'))
  expect((await messagesOf(store, 'room', { limit: 10 })).messages.map(({ text }) => text)).toEqual(['before'])
  expect(news).toEqual(['trouble: locked'])

  const healed = store.once('healed')
  other.exec('ROLLBACK')
  await healed
  await say(store, 'after')
  expect(news).toEqual(['trouble: locked', 'healed'])
  expect(other.prepare('SELECT text FROM messages ORDER BY id').pluck().all()).toEqual(['before', 'after'])
  expect(other.prepare('SELECT id, disconnected_at FROM sessions').raw().all()).toEqual([['session', at(7)]])
  expect(other.prepare('SELECT count(*) FROM presence').pluck().get()).toBe(0)
})

test('it heals with nothing to store, too', async () => {
  const { store, file } = await open()
  const other = connect(file)
  other.exec('BEGIN EXCLUSIVE')
  await expect(store.write()).rejects.toMatchObject(refused('locked'))
  const healed = store.once('healed')
  other.exec('ROLLBACK')
  await healed
})

test('a lock that is soon gone goes unnoticed', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const news = newsOf(store)
  const other = connect(file)
  other.exec('BEGIN EXCLUSIVE')
  const said = say(store, 'patience')
  setTimeout(() => other.exec('ROLLBACK'), 100)
  expect((await said).isNew).toBe(true)
  expect(news).toEqual([])
})

test('of the records that a refusing store keeps, the oldest are lost first', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const other = connect(file)
  other.exec('BEGIN EXCLUSIVE')
  await expect(say(store, 'during')).rejects.toMatchObject(refused('locked'))
  const healed = store.once('healed')
  for (let i = 0; i < 10_003; i++)
    touchUser(store, { id: `${i}`, tenantId: 'local', deviceHash: null, name: 'Someone', at: at(0) })
  other.exec('ROLLBACK')
  await healed
  await say(store, 'after')
  expect(other.prepare('SELECT count(*), min(CAST(id AS INTEGER)), max(CAST(id AS INTEGER)) FROM users').raw().get()).toEqual([
    10_000, 3, 10_002,
  ])
})

test('records keep their order through a refusal, however many there are', async () => {
  const { store, file } = await open()
  const other = connect(file)
  other.exec('BEGIN EXCLUSIVE')
  for (let i = 0; i < 1000; i++) touchUser(store, { id: 'ada', tenantId: 'local', deviceHash: null, name: `${i}`, at: at(0) })
  await expect(store.write()).rejects.toMatchObject(refused('locked'))
  other.exec('ROLLBACK')
  await store.write()
  expect(other.prepare('SELECT name FROM users').pluck().all()).toEqual(['999'])
})

test('closing does not wait for a disk that refuses', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const other = connect(file)
  other.exec('BEGIN EXCLUSIVE')
  openSeat(store, aSeat())
  const said = say(store, 'last words')
  await Promise.all([expect(said).rejects.toMatchObject(refused('locked')), store.close()])
  other.exec('ROLLBACK')
  expect(other.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(0)
  expect(integrity(other)).toBe('ok')
})

test('a writer that dies at work fails its writes, keeps its records, and is replaced', async () => {
  const { store, file, thread } = await openWithThread()
  await addRoom(store)
  const other = connect(file)
  // While it waits for the lock it is at work for certain.
  other.exec('BEGIN EXCLUSIVE')
  openSeat(store, aSeat())
  const said = say(store, 'during')
  setTimeout(() => void thread.terminate(), 100)
  await expect(said).rejects.toMatchObject(refused('failed'))
  const healed = store.once('healed')
  other.exec('ROLLBACK')
  await healed
  await say(store, 'after')
  expect(other.prepare('SELECT text FROM messages').pluck().all()).toEqual(['after'])
  expect(other.prepare('SELECT id FROM sessions').pluck().all()).toEqual(['session'])
})

test('a writer that dies while idle is replaced unnoticed', async () => {
  const { store, thread } = await openWithThread()
  await addRoom(store)
  const news = newsOf(store)
  await thread.terminate()
  expect((await say(store, 'hello')).isNew).toBe(true)
  expect(news).toEqual([])
})

/** Whether this machine lets a test make a file system of its own, or take a file's permission away from root. */
const isRoot = process.getuid?.() === 0 && process.platform === 'linux'
const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'pipe' })

test.skipIf(!isRoot)(
  'a full disk refuses writes, lets reads pass, keeps records, and heals by itself (needs root on Linux)',
  async () => {
    const mount = join(tmpdir(), `lanyard-full-${process.pid}`)
    mkdirSync(mount)
    run('mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount)
    onTestFinished(() => {
      run('umount', '--lazy', mount)
      rmSync(mount, { recursive: true })
    })
    const { store, file } = await open(join(mount, 'lanyard.db'))
    await addRoom(store)
    await say(store, 'before')
    const news = newsOf(store)

    const { bavail, bsize } = statfsSync(mount)
    const ballast = join(mount, 'ballast')
    writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    openSeat(store, aSeat())
    await expect(say(store, 'during')).rejects.toMatchObject(refused('full'))
    closeSeat(store, { peerId: 'seat', sessionId: 'session', at: at(7) })
    await expect(say(store, 'still')).rejects.toMatchObject(refused('full'))
    expect((await messagesOf(store, 'room', { limit: 10 })).messages.map(({ text }) => text)).toEqual(['before'])

    const healed = store.once('healed')
    rmSync(ballast)
    await healed
    await say(store, 'after')
    expect(news).toEqual(['trouble: full', 'healed'])
    await store.close()
    const db = connect(file)
    expect(integrity(db)).toBe('ok')
    expect(db.prepare('SELECT text FROM messages ORDER BY id').pluck().all()).toEqual(['before', 'after'])
    expect(db.prepare('SELECT id, disconnected_at FROM sessions').raw().all()).toEqual([['session', at(7)]])
  },
)

/** An immutable file is what even root cannot write, and what a connection that is already open cannot either. */
function canMakeImmutable(): boolean {
  if (!isRoot) return false
  const directory = mkdtempSync(join(tmpdir(), 'lanyard-immutable-'))
  const file = join(directory, 'file')
  writeFileSync(file, '')
  try {
    run('chattr', '+i', file)
    run('chattr', '-i', file)
    return true
  } catch {
    return false
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test.skipIf(!canMakeImmutable())(
  'a database that cannot be written refuses writes and heals by itself (needs root and ext4 or alike)',
  async () => {
    const { store, file } = await open()
    await addRoom(store)
    await say(store, 'before')
    const thaw = () => run('chattr', '-i', file, `${file}-wal`)
    run('chattr', '+i', file, `${file}-wal`)
    const healed = store.once('healed')
    try {
      openSeat(store, aSeat())
      // The connection that is open gets an error of the disk; those after it are for reading only.
      await expect(say(store, 'during')).rejects.toMatchObject(refused('failed'))
      await expect(say(store, 'still')).rejects.toMatchObject(refused('readOnly'))
      expect((await messagesOf(store, 'room', { limit: 10 })).messages.map(({ text }) => text)).toEqual(['before'])
    } finally {
      thaw()
    }
    await healed
    await say(store, 'after')
    const db = connect(file)
    expect(db.prepare('SELECT text FROM messages ORDER BY id').pluck().all()).toEqual(['before', 'after'])
    expect(db.prepare('SELECT id FROM sessions').pluck().all()).toEqual(['session'])
  },
)
