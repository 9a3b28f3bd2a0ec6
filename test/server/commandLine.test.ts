import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import { expect, test } from 'vitest'
import { linksTo } from '../../src/shared/roomLink.ts'
import { Client, enter } from '../support/Client.ts'
import { lanyard, lanyardIn } from '../support/serve.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

test('F5: rooms are made, listed, shown and deleted on the command line while people are connected, who hear of it', async () => {
  const { url, dataDir } = await startServer()
  const at = ['--data-dir', dataDir]
  const watcher = await Client.connect(url)
  await watcher.request('listRooms', {})
  const passwordFile = join(dataDir, 'password')
  await writeFile(passwordFile, 'sesame\n')

  const settings = [
    '--slug',
    'weekly-review',
    '--lobby',
    '--max-peers',
    '7',
    '--empty-ttl',
    '3600',
    '--password-file',
    passwordFile,
  ]
  const made = await lanyard('room', 'create', 'Review', ...settings, ...at, '--json')
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const { room } = JSON.parse(made.stdout) as { room: { id: string; joinCode: string } }
  expect(room).toMatchObject({
    name: 'Review',
    admission: 'lobby',
    maxPeers: 7,
    emptyTtl: 3_600,
    hasPassword: true,
    visibility: 'public',
  })
  await watcher.take('roomChanged', (news) => news.room.id === room.id)
  expect(await watcher.refusal('joinRoom', { roomId: room.id, name: 'Grace', password: 'wrong' })).toBe('passwordRequired')

  const code = `${room.joinCode.slice(0, 3)}-${room.joinCode.slice(3)}`
  const list = await lanyard('room', 'list', '--query', 'rev', ...at)
  expect(list.stdout).toBe(
    `CODE     NAME    STATE  PRESENT  VISIBILITY  ID\n${code}  Review  EMPTY  0        public      ${room.id}\n`,
  )
  expect((await lanyard('room', 'show', code, ...at)).stdout).toMatch(/^name +Review\ncode +[^]*\nmaxPeers +7\n/)
  expect((await lanyard('room', 'delete', 'weekly-review', ...at)).stdout).toBe(`deleted Review (${room.id})\n`)
  await watcher.take('roomGone', ({ roomId }) => roomId === room.id)
  expect((await lanyard('room', 'list', ...at)).stdout).toBe('There are no rooms\n')
  expect(await lanyard('room', 'show', code, ...at, '--json')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^lanyard: .*\n$/),
  })
})

test('F3: members are added, listed and removed, sessions are listed, and a room is invited to, on the command line', async () => {
  const { url, urls, dataDir } = await startServer()
  const at = ['--data-dir', dataDir]
  const { room } = await (await Client.connect(url)).request('createRoom', { name: 'Review' })
  const { client: grace, joined } = await enter(url, room.joinCode, 'Grace')
  const { userId } = joined.self

  const added = await lanyard('member', 'add', '--role', 'cohost', ...at, '--json', '--', room.joinCode, userId)
  expect(JSON.parse(added.stdout)).toMatchObject({ member: { userId, name: 'Grace', role: 'cohost' } })
  await grace.take('peerChanged', ({ member }) => member.role === 'cohost')
  expect((await lanyard('member', 'list', room.joinCode, ...at)).stdout).toMatch(
    new RegExp(`^${userId} +Grace +cohost +20.*Z$`, 'm'),
  )
  expect((await lanyard('member', 'remove', ...at, '--', room.joinCode, userId)).stdout).toBe(`removed ${userId}\n`)
  expect(await lanyard('member', 'remove', ...at, '--', room.joinCode, userId)).toMatchObject({ code: 1, stdout: '' })
  await lanyard('member', 'add', room.joinCode, 'ada', '--name', 'Ada Lovelace', ...at)
  expect((await lanyard('member', 'list', room.joinCode, ...at)).stdout).toMatch(/^ada +Ada Lovelace +speaker +20.*Z$/m)

  expect((await lanyard('session', 'list', room.joinCode, ...at)).stdout).toMatch(
    new RegExp(`^20.*Z +still here +Grace +${userId}$`, 'm'),
  )
  const { sessions } = JSON.parse((await lanyard('session', 'list', room.joinCode, ...at, '--json')).stdout) as {
    sessions: object[]
  }
  expect(sessions).toMatchObject([{ name: 'Grace', disconnectedAt: null }])

  const invited = await lanyard('invite', room.joinCode.toLowerCase(), ...at, '--json')
  const { web, app } = linksTo(room, { urls, fingerprint: null })!
  expect(JSON.parse(invited.stdout)).toEqual({ name: 'Review', code: room.joinCode, links: [web, app] })
  const { stdout } = await lanyard('invite', room.joinCode, ...at)
  expect(stdout).toContain(`${web}\n${app}\n`)
  // On other computers it would lead nowhere, so there is nothing to scan.
  expect(stdout).toContain('open to this computer only')
  expect(stdout).not.toContain('█')
})

test('F61: where others reach the server, an invitation has a code to scan, dark on light', async () => {
  const { url, urls, fingerprint, dataDir } = await startServer({ tls: 'on', announceIps: ['192.0.2.7'] })
  const { room } = await (await Client.connect(url)).request('createRoom', { name: 'Review' })
  const { stdout } = await lanyard('invite', room.joinCode, '--data-dir', dataDir)
  const { web } = linksTo(room, { urls, fingerprint })!
  expect(web).toMatch(/^https:\/\/(?!127).*#fp=[0-9a-f]{64}&/)
  expect(stdout).toContain(`${web}\nlanyard://join/${room.joinCode}?`)
  expect(stdout).toContain(renderUnicodeCompact(web, { ecc: 'M', border: 4 }))
})

test('F16: on the command line, too, a tenant’s rooms are its own', async () => {
  const dataDir = await temporaryDirectory()
  const at = ['--data-dir', dataDir]
  await lanyard('key', 'create', '--tenant', 'acme', ...at)
  const made = await lanyard('room', 'create', 'Theirs', '--private', '--tenant', 'acme', ...at, '--json')
  const { room } = JSON.parse(made.stdout) as { room: { id: string; joinCode: string } }
  expect((await lanyard('room', 'list', ...at, '--json')).stdout).toBe('{"rooms":[]}\n')
  expect((await lanyard('room', 'show', room.joinCode, ...at)).code).toBe(1)
  expect((await lanyard('invite', room.joinCode, ...at)).code).toBe(1)
  expect((await lanyard('room', 'show', room.joinCode, '--tenant', 'acme', ...at)).stdout).toContain('Theirs')
  expect((await lanyard('room', 'list', '--tenant', 'other', ...at)).stderr).toContain('no tenant other')
})

test('a wrong call of any command ends with 2, and a directory where nothing is stored with 1, in one line', async () => {
  const dataDir = await temporaryDirectory()
  for (const args of [
    ['room', 'create', ''],
    ['room', 'create', 'Review', '--max-peers', 'many'],
    ['room', 'create', 'Review', '--slug', 'No Slug'],
    ['member', 'add', 'ABC123', 'ada', '--role', 'host'],
    ['member', 'add', 'ABC123'],
    ['session', 'list', 'ABC123', '--limit', '0'],
    ['backup'],
    ['migrate', 'sideways'],
    ['room'],
    ['rooms', 'list'],
    ['tenant', 'set', 'local'],
    ['room', 'create', 'Review', '--slug', 'join'],
    ['doctor', 'no address'],
    ['doctor', '10.77.0.1', '--fingerprint', 'AA:BB'],
  ]) {
    const { code, stdout } = await lanyard(...args, '--data-dir', dataDir)
    expect({ code, stdout }, args.join(' ')).toEqual({ code: 2, stdout: '' })
  }
  const { code, stdout, stderr } = await lanyard('room', 'list', '--data-dir', dataDir)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toBe(`lanyard: Nothing is stored in ${dataDir}; name the directory of a server with --data-dir\n`)
})

test('a command that there is not is named, and so is where to find those that there are', async () => {
  for (const args of [['frobnicate'], ['frobnicate', 'all'], ['frobnicate', '--loud'], ['constructor']])
    expect(await lanyard(...args), args.join(' ')).toEqual({
      code: 2,
      stdout: '',
      stderr: `lanyard: There is no command ${args[0]}; lanyard --help lists them\n`,
    })
  expect((await lanyard('serve', 'frobnicate')).stderr).toContain("too many arguments for 'serve'")
  expect((await lanyard('--help')).stdout).toContain('room')
})

test('a flag wins over the environment, that over a file, and that over the default; each setting says which it was', async () => {
  const dataDir = await temporaryDirectory()
  const file = join(dataDir, 'settings.json')
  await writeFile(file, JSON.stringify({ port: 1, host: '192.0.2.1', graceMs: 1_000, name: 'From the file', dataDir }))
  const args = ['config', 'print', '--config', file, '--port', '3', '--json']
  const { stdout, code } = await lanyardIn({ LANYARD_PORT: '2', LANYARD_HOST: '192.0.2.2' }, ...args)
  expect(code).toBe(0)
  const { settings } = JSON.parse(stdout) as { settings: { name: string; value: unknown; source: string; by: string | null }[] }
  const of = (wanted: string) => settings.find(({ name }) => name === wanted)
  expect(of('port')).toEqual({ name: 'port', value: 3, source: 'flag', by: '--port' })
  expect(of('host')).toEqual({ name: 'host', value: '192.0.2.2', source: 'environment', by: 'LANYARD_HOST' })
  expect(of('graceMs')).toEqual({ name: 'graceMs', value: 1_000, source: 'file', by: file })
  expect(of('dataDir')).toEqual({ name: 'dataDir', value: dataDir, source: 'file', by: file })
  expect(of('whoCreates')).toEqual({ name: 'whoCreates', value: 'anyone', source: 'default', by: null })

  const server = await startServer({ dataDir, name: 'Running' })
  const beside = await lanyard('config', 'print', '--config', file)
  expect(beside.stdout).toMatch(/^name +From the file +file .*settings\.json +the server that runs has Running$/m)
  await server.close()
})

test('a file of settings that is wrong is a wrong call, and says where', async () => {
  const dataDir = await temporaryDirectory()
  const file = join(dataDir, 'settings.json')
  for (const [text, said] of [
    ['{"port":"many"}', 'port: '],
    ['{"rtcPorts":{"min":9,"max":1}}', 'rtcPorts: the first port must not be above the last'],
    ['{"prot":1}', 'prot'],
    ['[]', 'expected object'],
    ['{', 'no JSON'],
  ] as const) {
    await writeFile(file, text)
    const { code, stdout, stderr } = await lanyard('serve', '--config', file, '--data-dir', dataDir)
    expect({ code, stdout }, text).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(said)
    expect(stderr).toMatch(/^lanyard: .*\n$/)
  }
  expect((await lanyard('serve', '--config', join(dataDir, 'nowhere.json'))).code).toBe(2)
})
