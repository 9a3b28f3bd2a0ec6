import { existsSync } from 'node:fs'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

export interface HttpOptions {
  version: string
  /** The built interface; null serves none. */
  webDir: string | null
}

/** The HTTP side of the server: its health, and the interface for browsers. */
export function makeHttpApp({ version, webDir }: HttpOptions): Hono {
  const app = new Hono()
  app.use(
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
    }),
  )
  app.get('/healthz', (c) => c.json({ status: 'ok', version }))
  if (webDir !== null && existsSync(webDir)) {
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
  app.notFound((c) =>
    c.json({ type: 'about:blank', title: 'Not found', status: 404, code: 'unknownRequest' }, 404, {
      'Content-Type': 'application/problem+json',
    }),
  )
  return app
}
