import { join } from 'node:path'
import { createKey } from '../../src/main/server/apiKeys.ts'
import type { RoomServer, ServerConfigInput } from '../../src/main/server/index.ts'
import { silent } from '../../src/main/server/log.ts'
import { openStore } from '../../src/main/server/store/Store.ts'
import { startServer, temporaryDirectory } from './server.ts'

export interface Answer {
  status: number
  headers: Headers
  // As JSON.parse gives it.
  body: ReturnType<typeof JSON.parse>
}

/** Asks the REST interface with a key, as a program does. */
export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>

export function asking(url: string, key: string | null): Ask {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(key !== null && { Authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }
}

/** Keys of these tenants, made in a directory before a server has it. */
export async function makeKeys(dataDir: string, tenants: readonly string[]): Promise<string[]> {
  const store = await openStore({ file: join(dataDir, 'lanyard.db'), log: silent })
  const keys: string[] = []
  for (const tenantId of tenants) keys.push((await createKey(store, { tenantId, name: `${tenantId}’s program` })).key)
  await store.close()
  return keys
}

/** The real server, with a key of the local tenant and one of another. */
export async function startWithKeys(
  config: Partial<ServerConfigInput> = {},
): Promise<{ server: RoomServer; url: string; dataDir: string; ask: Ask; other: Ask; keys: string[] }> {
  const dataDir = config.dataDir ?? (await temporaryDirectory())
  const keys = await makeKeys(dataDir, ['local', 'acme'])
  const server = await startServer({ ...config, dataDir })
  const [ask, other] = keys.map((key) => asking(server.url, key))
  return { server, url: server.url, dataDir, ask: ask!, other: other!, keys }
}
