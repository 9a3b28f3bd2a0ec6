import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono, type Context } from 'hono'
import { AppError } from '../../../shared/errors.ts'
import { headers, servePage, type PageOptions } from './page.ts'
import { answerError, problem } from './problem.ts'

/** What the port without encryption serves: the interface, told of where it is, and nothing that takes a key or gives numbers. */
export function makePlainApp(options: PageOptions): Hono {
  const { webDir, log } = options
  const app = new Hono()
  app.onError((error, c) => answerError(c, error, log))
  app.notFound((c) => problem(c, new AppError('unknownRequest', 'There is nothing at this address')))
  app.use(headers())
  for (const path of ['/api/*', '/metrics', '/readyz'])
    app.all(path, (c) => problem(c, new AppError('encryptionRequired', 'That is there on the encrypted port only')))
  const index = webDir === null ? null : join(webDir, 'index.html')
  const open = (c: Context) => {
    if (index === null || !existsSync(index)) return c.notFound()
    c.header('Cache-Control', 'no-cache')
    // Before its connection could tell it: by then it would have sent what this browser keeps for the server.
    return c.html(readFileSync(index, 'utf8').replace('<html', '<html data-plain'))
  }
  for (const path of ['/', '/index.html', '/j/:code', '/j/:code/']) app.get(path, open)
  servePage(app, options)
  return app
}
