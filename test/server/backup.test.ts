import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { asOwner } from '../../src/main/server/index.ts'
import { migrate } from '../../src/main/server/store/migrate.ts'
import { migrations } from '../../src/main/server/store/migrations/index.ts'
import { asking } from '../support/api.ts'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { lanyard } from '../support/serve.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'
import { integrity } from './store/support.ts'

test('F15: a backup is made while the server runs, and a server that is started on it has the rooms, members, messages and keys', async () => {
  const server = await startServer()
  const { room, host } = await hostRoom(server.url)
  const { client: grace, joined } = await enter(server.url, room.joinCode, 'Grace')
  const { stdout } = await lanyard('key', 'create', '--data-dir', server.dataDir, '--json')
  const { key } = JSON.parse(stdout) as { key: string }
  const added = await lanyard(
    'member',
    'add',
    '--role',
    'listener',
    '--data-dir',
    server.dataDir,
    '--',
    room.id,
    joined.self.userId,
  )
  expect(added).toMatchObject({ code: 0 })
  for (let i = 0; i < 50; i++) await host.say(`before ${i}`)

  // People go on talking meanwhile, and their messages are stored.
  const file = join(await temporaryDirectory(), 'lanyard-backup.db')
  const backup = lanyard('backup', file, '--data-dir', server.dataDir, '--json')
  let done = false
  void backup.finally(() => (done = true))
  let meanwhile = 0
  while (!done) await grace.say(`meanwhile ${meanwhile++}`)
  expect(await backup).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse((await backup).stdout)).toEqual({ file, bytes: statSync(file).size })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(server.dataDir, 'backups'))).toEqual([])
  const made = new Date().toISOString()
  await server.close()

  const db = new Database(file, { readonly: true })
  expect(integrity(db)).toBe('ok')
  expect(db.pragma('foreign_key_check')).toEqual([])
  db.close()

  const dataDir = await temporaryDirectory()
  copyFileSync(file, join(dataDir, 'lanyard.db'))
  const restored = await startServer({ dataDir })
  const ask = asking(restored.url, key)
  expect((await ask('GET', `/rooms/${room.id}`)).body).toMatchObject({ name: room.name, joinCode: room.joinCode, state: 'EMPTY' })
  expect((await ask('GET', `/rooms/${room.id}/members`)).body.members).toMatchObject([
    { userId: host.welcome.userId, role: 'host' },
    { userId: joined.self.userId, role: 'listener' },
  ])
  const { messages } = (await ask('GET', `/rooms/${room.id}/messages?after=0&limit=50`)).body as { messages: { text: string }[] }
  const texts = messages.map(({ text }) => text)
  expect(texts.filter((text) => text.startsWith('before'))).toEqual(Array.from({ length: 50 }, (_, i) => `before ${i}`))
  const { sessions } = (await ask('GET', `/rooms/${room.id}/sessions`)).body as { sessions: { disconnectedAt: string }[] }
  expect(sessions).toHaveLength(2)
  for (const { disconnectedAt } of sessions) expect(disconnectedAt < made).toBe(true)
  // The device that has made the room is host there, too.
  const again = await Client.connect(restored.url, { device: host.device })
  expect((await again.join({ roomId: room.id, name: 'Ada' })).self.role).toBe('host')
})

test('F15: a backup is made where no server runs; a file that is there is not replaced, and one that cannot be written is named', async () => {
  const server = await startServer()
  await hostRoom(server.url)
  await server.close()
  const folder = await temporaryDirectory()
  const file = join(folder, 'lanyard-backup.db')
  const { dataDir } = server
  expect(await lanyard('backup', file, '--data-dir', dataDir)).toMatchObject({ code: 0, stdout: expect.stringContaining(file) })
  expect(await lanyard('backup', file, '--data-dir', dataDir)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('already'),
  })
  const nowhere = join(folder, 'nowhere', 'backup.db')
  const failed = await lanyard('backup', nowhere, '--data-dir', dataDir, '--json')
  expect(failed).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(new RegExp(`^lanyard: .*${nowhere}.*\n$`)) })
  expect(readdirSync(folder)).toEqual(['lanyard-backup.db'])
})

test('a copy that nobody has fetched goes with the next start', async () => {
  const dataDir = await temporaryDirectory()
  mkdirSync(join(dataDir, 'backups'))
  for (const name of ['fetched-1.db', 'fetched-2.db.part', 'mine.db']) writeFileSync(join(dataDir, 'backups', name), '')
  await startServer({ dataDir })
  expect(readdirSync(join(dataDir, 'backups'))).toEqual(['mine.db'])
})

test('a copy goes when whoever fetches it goes', async () => {
  const server = await startServer()
  await hostRoom(server.url)
  const backups = join(server.dataDir, 'backups')
  await asOwner(server.dataDir, async (ask) => {
    const copy = await ask('GET', '/owner/backup')
    expect(copy.ok).toBe(true)
    await copy.body!.cancel()
  })
  await expect.poll(() => readdirSync(backups)).toEqual([])
})

test('F15: a server that is newer than its database copies it, changes its schema, and goes on', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startServer({ dataDir })
  const { room } = await hostRoom(first.url)
  await first.close()
  await migrate(join(dataDir, 'lanyard.db'), migrations.length - 1, null)
  const second = await startServer({ dataDir })
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([
    expect.stringMatching(new RegExp(`^before-schema-change-.*-version-${migrations.length - 1}\\.db$`)),
  ])
  await enter(second.url, room.joinCode, 'Grace')
})

test('F15: the schema is taken down and up on the command line while no server runs, each time after a copy', async () => {
  const server = await startServer()
  const { room } = await hostRoom(server.url)
  const { dataDir } = server
  expect(await lanyard('migrate', 'down', '--data-dir', dataDir)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`Another server is using ${dataDir}; stop it`),
  })
  await server.close()
  const latest = migrations.length
  const down = await lanyard('migrate', 'down', '--data-dir', dataDir, '--json')
  expect(JSON.parse(down.stdout)).toEqual({ from: latest, to: latest - 1 })
  expect(await lanyard('migrate', 'up', '--to', '1', '--data-dir', dataDir)).toMatchObject({ code: 2, stdout: '' })
  expect((await lanyard('migrate', 'up', '--data-dir', dataDir)).stdout).toBe(`from version ${latest - 1} to ${latest}\n`)
  expect(readdirSync(join(dataDir, 'backups'))).toHaveLength(2)
  expect(existsSync(join(dataDir, 'control.sock'))).toBe(false)
  const again = await startServer({ dataDir })
  await enter(again.url, room.joinCode, 'Grace')
})
