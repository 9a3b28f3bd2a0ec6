/** A server that is open to guests on every way there is. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '../../support/serve.ts'
import { test as base } from './fixtures.ts'

/** A name that leads here, and that no browser takes for its own computer. */
export const NAME = 'lanyard.test'
export const leadsHere = (...names: string[]) =>
  `--host-resolver-rules=${[NAME, ...names].map((name) => `MAP ${name} 127.0.0.1`).join(',')}`

export interface Open {
  dataDir: string
  /** For the host, on the server's own computer. */
  own: string
  /** For guests. */
  secure: string
  /** For guests without encryption. */
  plain: string
}

export const test = base.extend<{ open: Open }>({
  open: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lanyard-e2e-'))
    const flags = ['--tls', 'on', '--plain-port', '0', '--allow-host', NAME]
    const server = await serve(dataDir, { flags })
    const { ready } = server
    const [plainUrl] = ready['plainUrls'] as [string]
    const at = (scheme: string, url: string) => `${scheme}://${NAME}:${new URL(url).port}`
    await use({ dataDir, own: ready.url, secure: at('https', ready.url), plain: at('http', plainUrl) })
    await server.stop('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  },
})

export { expect } from './fixtures.ts'
