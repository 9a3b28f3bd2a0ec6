import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, inject, test } from 'vitest'
import { silent } from '../../../src/main/server/log.ts'
import { prepareFile } from '../../../src/main/server/store/file.ts'
import { addRoom, say } from './samples.ts'
import { connect, framesOf, integrity, newFile, open, seeded } from './support.ts'

const long = inject('long')

/** Runs talker.ts until it has been answered that often, and kills it there; the ids that it was answered for. */
async function talkUntilKilled(file: string, answers: number): Promise<string[]> {
  const talker = spawn(process.execPath, [join(import.meta.dirname, 'talker.ts'), file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let complaints = ''
  let heard = 0
  talker.stderr.on('data', (data: Buffer) => (complaints += data.toString()))
  talker.stdout.on('data', (data: Buffer) => {
    const text = data.toString()
    printed += text
    heard += text.split('\n').length - 1
    if (heard >= answers) talker.kill('SIGKILL')
  })
  const [code, signal] = (await once(talker, 'close')) as [number | null, NodeJS.Signals | null]
  if (signal !== 'SIGKILL') throw new Error(`the talker ended by itself (${code}):\n${complaints}`)
  // The last line may be cut.
  return printed.split('\n').slice(0, -1)
}

test('killed at any moment, again and again: every answered message is there, once', { timeout: 600_000 }, async () => {
  const random = seeded(1)
  const file = await newFile()
  const answered: string[] = []
  for (let kill = 0; kill < (long ? 500 : 25); kill++) answered.push(...(await talkUntilKilled(file, Math.floor(random() * 150))))
  expect(answered.length).toBeGreaterThan(0)

  await prepareFile(file, silent)
  const db = connect(file)
  expect(integrity(db)).toBe('ok')
  const stored = db.prepare('SELECT client_message_id FROM messages').pluck().all()
  expect(new Set(stored).size).toBe(stored.length)
  const there = new Set(stored)
  expect(answered.filter((id) => !there.has(id))).toEqual([])
})

test('a log that is cut or flipped anywhere opens to an intact prefix', { timeout: 600_000 }, async () => {
  // Forty commits, none of them moved into the database yet.
  const { store, file } = await open()
  await addRoom(store)
  for (let i = 1; i <= 40; i++) await say(store, `message ${i}`)
  const log = readFileSync(`${file}-wal`)
  const commits = framesOf(log).filter(({ commits }) => commits)
  expect(commits).toHaveLength(41)
  const folder = join(dirname(file), 'damaged')
  mkdirSync(folder)

  const random = seeded(2)
  for (let variant = 0; variant < (long ? 1000 : 300); variant++) {
    const place = Math.floor(random() * log.length)
    const damaged = variant % 2 === 0 ? log.subarray(0, place) : Buffer.from(log)
    if (variant % 2 === 1) damaged[place]! ^= 1 << Math.floor(random() * 8)
    const copy = join(folder, `${variant}.db`)
    copyFileSync(file, copy)
    writeFileSync(`${copy}-wal`, damaged)

    expect(await prepareFile(copy, silent), `variant ${variant}`).toBeNull()
    const db = new Database(copy)
    // All that was committed before the damage, and nothing after it. The first commit is the room's.
    const whole = commits.filter(({ end }) => end <= place).length
    const kept = place < 32 ? 0 : Math.max(0, whole - 1)
    const texts = db.prepare('SELECT text FROM messages ORDER BY id').pluck().all()
    expect(texts, `variant ${variant}`).toEqual(Array.from({ length: kept }, (_, i) => `message ${i + 1}`))
    expect(integrity(db)).toBe('ok')
    db.close()
  }
})
