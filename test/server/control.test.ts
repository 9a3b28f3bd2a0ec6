import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { asOwner, type Ask } from '../../src/main/server/index.ts'
import { Client, enter } from '../support/Client.ts'
import { startProcess, startServer, temporaryDirectory } from '../support/server.ts'

const onUnix = test.skipIf(process.platform === 'win32')

async function asked(ask: Ask, method: string, path: string, body?: unknown, tenant?: string) {
  const answer = await ask(method, path, { body, tenant })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

const list = (dataDir: string) => asOwner(dataDir, (ask) => asked(ask, 'GET', '/api/v1/rooms'), { mayMake: true })

test('F5: a room that is made, changed and deleted on the command line appears in every open list, changes there, and goes', async () => {
  const server = await startServer()
  const watcher = await Client.connect(server.url)
  await watcher.request('listRooms', {})
  await asOwner(server.dataDir, async (ask) => {
    const { body: room } = await asked(ask, 'POST', '/api/v1/rooms', { name: 'Review' })
    await watcher.take('roomChanged', (news) => news.room.id === room.id && news.room.name === 'Review')
    const { client: grace, joined } = await enter(server.url, room.joinCode, 'Grace')
    expect((await asked(ask, 'GET', `/api/v1/rooms/${room.id}`)).body).toMatchObject({ state: 'ACTIVE', present: 1 })

    const member = `/api/v1/rooms/${room.id}/members/${joined.self.userId}`
    expect((await asked(ask, 'PUT', member, { role: 'cohost' })).status).toBe(201)
    await grace.take('peerChanged', ({ member }) => member.role === 'cohost')
    // Its answer is durable, and so is all that was recorded before it.
    await grace.say('Hello')
    const { body: audit } = await asked(ask, 'GET', `/api/v1/rooms/${room.id}/audit`)
    expect(audit.entries).toMatchObject([
      { act: 'memberAdded', actor: { kind: 'owner', id: null } },
      { act: 'roomCreated', actor: { kind: 'owner', id: null } },
    ])

    expect((await asked(ask, 'DELETE', `/api/v1/rooms/${room.id}`)).status).toBe(204)
    expect(await grace.take('roomClosed')).toMatchObject({ reason: 'deleted' })
    await watcher.take('roomGone', ({ roomId }) => roomId === room.id)
  })
})

test('F5: where no server lives, the same is done in its place, with the same errors, and is there when one comes', async () => {
  const dataDir = await temporaryDirectory()
  const room = await asOwner(
    dataDir,
    async (ask) => {
      expect((await asked(ask, 'GET', '/api/v1/rooms/unknown')).body).toMatchObject({ status: 404, code: 'roomNotFound' })
      expect((await asked(ask, 'POST', '/api/v1/rooms', { name: '' })).body).toMatchObject({ code: 'badRequest' })
      expect((await asked(ask, 'GET', '/api/v1/rooms', undefined, 'acme')).body).toMatchObject({ code: 'tenantNotFound' })
      return (await asked(ask, 'POST', '/api/v1/rooms', { name: 'Review', slug: 'weekly-review' })).body
    },
    { mayMake: true },
  )
  const server = await startServer({ dataDir })
  const { joined } = await enter(server.url, room.joinCode, 'Grace')
  expect(joined.room).toMatchObject({ id: room.id, slug: 'weekly-review' })
  const again = await asOwner(dataDir, (ask) => asked(ask, 'POST', '/api/v1/rooms', { name: 'Other', slug: 'weekly-review' }))
  expect(again.body).toMatchObject({ status: 409, code: 'slugTaken' })
})

test('F16: what is for the owner alone is on no network', async () => {
  const server = await startServer()
  for (const path of ['/owner/keys', '/owner/server', '/owner/backup', '/owner/import/rooms'])
    expect((await fetch(`${server.url}${path}`)).status, path).toBe(404)
  const made = await asOwner(server.dataDir, (ask) => asked(ask, 'POST', '/owner/keys', { tenantId: 'A B', name: 'x' }))
  expect(made.body).toMatchObject({ code: 'badRequest', details: { path: 'tenantId' } })
})

onUnix('the socket is for its owner alone, and a server that was killed leaves none that is in the way', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startProcess(dataDir)
  const socket = join(dataDir, 'control.sock')
  expect(statSync(socket).mode & 0o777).toBe(0o600)
  await first.stop('SIGKILL')
  expect(statSync(socket).isSocket()).toBe(true)
  // Nobody answers there, so the directory itself is asked.
  expect((await list(dataDir)).body).toEqual({ rooms: [], cursor: null })
  const second = await startServer({ dataDir })
  expect((await list(dataDir)).status).toBe(200)
  await second.close()
  expect(existsSync(socket)).toBe(false)
})

onUnix('a directory in which anyone may write gets no socket, and the command line takes none that lies there', async () => {
  const dataDir = await temporaryDirectory()
  chmodSync(dataDir, 0o777)
  const foreign = createServer((_, response) => response.end('{"server":{}}')).listen(join(dataDir, 'control.sock'))
  await once(foreign, 'listening')
  expect((await list(dataDir)).body).toEqual({ rooms: [], cursor: null })
  const server = await startServer({ dataDir })
  const answer = request({ socketPath: join(dataDir, 'control.sock'), path: '/owner/server' }).end()
  const [response] = (await once(answer, 'response')) as [{ headers: object }]
  expect(response.headers).not.toHaveProperty('content-type')
  await server.close()
  foreign.closeAllConnections()
  foreign.close()
})

onUnix(
  'where the directory’s path is too long for a socket, there is one in a folder of its own, which goes with the server',
  async () => {
    const dataDir = join(await temporaryDirectory(), 'a'.repeat(60), 'b'.repeat(60))
    mkdirSync(dataDir, { recursive: true })
    const mine = () => readdirSync('/tmp').filter((name) => /^lanyard-[0-9a-f]{16}$/.test(name))
    const before = mine()
    const server = await startServer({ dataDir })
    const [folder] = mine().filter((name) => !before.includes(name))
    expect(statSync(`/tmp/${folder}`).mode & 0o777).toBe(0o700)
    expect((await asOwner(dataDir, (ask) => asked(ask, 'GET', '/owner/server'))).body.server).toMatchObject({ url: server.url })
    await server.close()
    expect(mine()).not.toContain(folder)
  },
)

test('a command that comes while a server starts or stops waits for it', async () => {
  const dataDir = await temporaryDirectory()
  const starting = startServer({ dataDir })
  const whileStarting = list(dataDir)
  const server = await starting
  expect((await whileStarting).status).toBe(200)
  const stopping = server.close()
  await delay(0)
  expect((await list(dataDir)).status).toBe(200)
  await stopping
})

test('nothing is made where a wrong directory is named', async () => {
  const dataDir = join(await temporaryDirectory(), 'nowhere')
  await expect(asOwner(dataDir, (ask) => asked(ask, 'GET', '/api/v1/rooms'))).rejects.toMatchObject({ reason: 'folderUnusable' })
  expect(existsSync(dataDir)).toBe(false)
})
