import { existsSync } from 'node:fs'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Logger } from '../log.ts'
import { makeTrustPages, type Trust } from './trust.ts'

/** What browsers are served, on whichever port they come. */
export interface PageOptions {
  version: string
  /** The built interface; null serves none. */
  webDir: string | null
  /** Null where the server speaks plain HTTP. */
  trust: Trust | null
  log: Logger
}

/** The headers of every answer. */
export const headers = () =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      // Svelte sets styles of elements; nothing else is inline.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      mediaSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: ['self'], microphone: ['self'], displayCapture: ['self'], geolocation: [] },
    referrerPolicy: 'no-referrer',
    // Plain http on loopback and in a LAN is the rule here.
    strictTransportSecurity: false,
  })

/** Whether the server runs, the pages about its certificate, and the interface. */
export function servePage(app: Hono, { version, webDir, trust }: PageOptions): void {
  app.get('/healthz', (c) => c.json({ status: 'ok', version }))
  if (trust) app.route('/', makeTrustPages(trust))
  if (webDir === null || !existsSync(webDir)) return
  const page = serveStatic({ root: webDir, path: 'index.html', onFound: (_, c) => c.header('Cache-Control', 'no-cache') })
  // What a link leads to; the page itself reads the code out of its address.
  app.get('/j/:code', page)
  app.get('/j/:code/', page)
  app.use(
    serveStatic({
      root: webDir,
      onFound: (path, c) => {
        // Built files carry their hash in their name.
        c.header('Cache-Control', /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    }),
  )
}
