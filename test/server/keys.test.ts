import { execFile } from 'node:child_process'
import { utimesSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { entries } from '../support/serve.ts'
import { asking } from '../support/api.ts'
import { startProcess, startServer, temporaryDirectory } from '../support/server.ts'

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function lanyard(...args: string[]): Promise<Ended> {
  return new Promise((resolve) =>
    execFile(process.execPath, [entries.source, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

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

test('F16: while a server lives in the directory, the command line says so', async () => {
  const dataDir = await temporaryDirectory()
  await startProcess(dataDir)
  const { code, stdout, stderr } = await lanyard('key', 'create', '--data-dir', dataDir, '--json')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(`A server is using ${dataDir}`)
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
