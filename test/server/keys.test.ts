import { utimesSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lanyard } from '../support/serve.ts'
import { asking } from '../support/api.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

test('F16: a key is made on the command line and shown once; it opens its tenant until it is revoked', async () => {
  const dataDir = await temporaryDirectory()
  const made = await lanyard('key', 'create', '--tenant', 'acme', '--name', 'Website', '--data-dir', dataDir, '--json')
  expect(made.stdout.trim().split('\n')).toHaveLength(1)
  const { key, id } = JSON.parse(made.stdout) as { key: string; id: string }
  expect(key).toMatch(/^lk_[\w-]{43}$/)
  const plain = await lanyard('key', 'create', '--data-dir', dataDir)
  expect(plain.stdout).toMatch(/^lk_[\w-]{43}\n$/)

  const server = await startServer({ dataDir })
  expect((await asking(server.url, key)('GET', '/tenant')).body).toMatchObject({ id: 'acme' })
  expect((await asking(server.url, plain.stdout.trim())('GET', '/tenant')).body).toMatchObject({ id: 'local' })
  await server.close()

  const listed = await lanyard('key', 'list', '--tenant', 'acme', '--data-dir', dataDir, '--json')
  expect(listed.stdout).not.toContain(key)
  expect(JSON.parse(listed.stdout)).toMatchObject({ keys: [{ id, tenantId: 'acme', name: 'Website', revokedAt: null }] })
  expect((await lanyard('key', 'revoke', id, '--data-dir', dataDir)).code).toBe(0)
  expect(await lanyard('key', 'revoke', id, '--data-dir', dataDir)).toMatchObject({ code: 1, stdout: '' })
  const again = await startServer({ dataDir })
  expect((await asking(again.url, key)('GET', '/tenant')).body).toMatchObject({ status: 401, code: 'unauthorized' })
})

test('F16: while a server lives in the directory, keys are made and revoked through it, and hold at once', async () => {
  const dataDir = await temporaryDirectory()
  const server = await startServer({ dataDir })
  const { stdout } = await lanyard('key', 'create', '--tenant', 'acme', '--data-dir', dataDir, '--json')
  const { key, id } = JSON.parse(stdout) as { key: string; id: string }
  const ask = asking(server.url, key)
  expect((await ask('GET', '/tenant')).body).toMatchObject({ id: 'acme' })
  expect((await lanyard('key', 'list', '--data-dir', dataDir)).stdout).toMatch(
    new RegExp(`^${id}  acme    key   good   20.*Z$`, 'm'),
  )
  expect((await lanyard('key', 'revoke', id, '--data-dir', dataDir)).stdout).toBe(`revoked ${id}\n`)
  expect((await ask('GET', '/tenant')).status).toBe(401)
})

test('F16: a wrong call ends with 2', async () => {
  for (const args of [['create', '--tenant', 'A B'], ['revoke'], ['create', '--no-such-flag']])
    expect((await lanyard('key', ...args, '--data-dir', await temporaryDirectory())).code).toBe(2)
})

test('a key that is made leaves no sign of life, by which sessions that a crash cut off are dated', async () => {
  const dataDir = await temporaryDirectory()
  await lanyard('key', 'create', '--data-dir', dataDir)
  const lock = join(dataDir, 'lock')
  const crashed = new Date(2030, 0, 1)
  utimesSync(lock, crashed, crashed)
  await lanyard('key', 'create', '--data-dir', dataDir)
  expect(statSync(lock).mtime).toEqual(crashed)
})

test('F16: keys that are wrong in any way open nothing', async () => {
  const server = await startServer()
  for (const key of ['x', 'lk_', `lk_${'A'.repeat(43)}`, 'pk_test_company', 'A'.repeat(5_000)])
    expect((await asking(server.url, key)('GET', '/tenant')).body.code).toBe('unauthorized')
  for (const Authorization of ['', 'Bearer', 'Basic bGs6', 'Bearer a b'])
    expect((await asking(server.url, null)('GET', '/tenant', undefined, { Authorization })).status).toBe(401)
})
