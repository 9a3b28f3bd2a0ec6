import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Client } from '../support/Client.ts'
import { lanyard } from '../support/serve.ts'
import { startProcess, temporaryDirectory } from '../support/server.ts'

const onUnix = test.skipIf(process.platform === 'win32')

/** What others may do with each file of a directory and of its copies. */
function modesIn(dataDir: string): Record<string, string> {
  const files = ['', 'backups'].flatMap((folder) =>
    readdirSync(join(dataDir, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, name)),
  )
  return Object.fromEntries(files.map((file) => [file, (statSync(join(dataDir, file)).mode & 0o777).toString(8)]))
}

/** A directory that its owner has made, as `mkdir` does. */
async function openDirectory(): Promise<string> {
  const dataDir = join(await temporaryDirectory(), 'data')
  mkdirSync(dataDir)
  chmodSync(dataDir, 0o755)
  return dataDir
}

onUnix('in a directory that others may look into, nobody but its owner reads the database, its log and its copies', async () => {
  const dataDir = await openDirectory()
  const server = await startProcess(dataDir)
  await (await Client.connect(server.ready.url)).request('createRoom', { name: 'Board' })
  expect(modesIn(dataDir)).toEqual({
    ...{ 'lanyard.db': '600', 'lanyard.db-shm': '600', 'lanyard.db-wal': '600' },
    ...{ lock: '600', 'lock-journal': '600' },
  })
  await server.stop('SIGTERM')
  for (const direction of ['down', 'up']) await lanyard('migrate', direction, '--data-dir', dataDir)
  const modes = modesIn(dataDir)
  expect(Object.keys(modes)).toHaveLength(4)
  expect(new Set(Object.values(modes))).toEqual(new Set(['600']))
})

onUnix('a start takes back what an older version has left for everyone to read, and nothing else', async () => {
  const dataDir = await openDirectory()
  await (await startProcess(dataDir)).stop('SIGKILL')
  writeFileSync(join(dataDir, 'lanyard.db.damaged-2026-01-22'), '')
  writeFileSync(join(dataDir, 'notes.txt'), '')
  writeFileSync(join(dataDir, 'backups', 'before-schema-change-2026-01-22-version-1.db'), '')
  for (const file of Object.keys(modesIn(dataDir))) chmodSync(join(dataDir, file), 0o644)
  await startProcess(dataDir)
  const { 'notes.txt': notes, ...modes } = modesIn(dataDir)
  expect(notes).toBe('644')
  expect(Object.keys(modes)).toHaveLength(7)
  expect(new Set(Object.values(modes))).toEqual(new Set(['600']))
})
