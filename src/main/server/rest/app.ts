import { Hono, type Context } from 'hono'
import { cors } from 'hono/cors'
import { AppError } from '../../../shared/errors.ts'
import { ECHO_PATH } from '../../lan/doctor/echo.ts'
import { callerOf } from '../apiKeys.ts'
import type { ServerConfig } from '../config.ts'
import type { Echo } from '../Echo.ts'
import { LOCAL } from '../ids.ts'
import type { Metrics } from '../Metrics.ts'
import { bearerOf, ownAddressOf, type Api } from './access.ts'
import { makeApi } from './api.ts'
import { makeDocsPage } from './docsPage.ts'
import { makeEchoApp } from './echo.ts'
import { makeOlderApi } from './older.ts'
import { headers, servePage, type PageOptions } from './page.ts'
import { isLoopback } from '../tls/onePort.ts'
import { answerError, problem } from './problem.ts'

export interface HttpOptions extends PageOptions {
  config: Pick<ServerConfig, 'allowedOrigins'>
  api: Api
  echo: Echo
  metrics: Metrics
  /** Why the server cannot do its work now; null where it can. */
  trouble: () => AppError | null
}

/** The HTTP side of the server: its health, the REST interface, and the interface for browsers. */
export function makeHttpApp(options: HttpOptions): Hono {
  const { version, config, api, echo, metrics, trouble, log } = options
  const { allowedOrigins } = config
  const app = new Hono()
  app.onError((error, c) => answerError(c, error, log))
  app.notFound((c) => {
    const allowed = methodsAt(app, c.req.path)
    if (allowed.length === 0) return problem(c, new AppError('unknownRequest', 'There is nothing at this address'))
    const Allow = allowed.join(', ')
    return problem(c, new AppError('methodNotAllowed', `This address knows ${Allow}`), { Allow })
  })
  // Before the headers of all others, because its own are stricter.
  app.route('/api/docs', makeDocsPage())
  app.use(headers())
  app.get('/readyz', (c) => {
    const error = trouble()
    return error ? problem(c, error) : c.json({ status: 'ready', version })
  })
  app.get('/metrics', async (c) => {
    if (!isFromHere(c)) await requireLocalKey(api, bearerOf(c.req.header('authorization')))
    return c.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType })
  })
  if (allowedOrigins.length > 0) {
    const exposeHeaders = ['ETag', 'Location', 'Idempotency-Replayed']
    app.use(
      '/api/*',
      cors({ origin: (origin) => (allowedOrigins.includes(origin.toLowerCase()) ? origin : null), exposeHeaders }),
    )
  }
  app.route('/api/v1', makeApi(api))
  app.route('/api/rooms', makeOlderApi(api))
  app.route(ECHO_PATH, makeEchoApp(echo))
  servePage(app, options)
  return app
}

/** Numbers of the whole server are for whoever runs it: with a key of its own tenant, or on the machine itself. */
async function requireLocalKey({ store }: Api, key: string | null): Promise<void> {
  if (key === null) throw new AppError('unauthorized', 'Show a key: Authorization: Bearer KEY')
  const { tenant } = await callerOf(store, key)
  if (tenant.id !== LOCAL) throw new AppError('forbidden', 'The numbers of the whole server are not for its tenants')
}

/** Whether it is this machine that asks, and not someone else by way of a proxy on it. */
const isFromHere = (c: Context): boolean => isLoopback(ownAddressOf(c) ?? undefined)

/** The methods that a path has handlers for. */
function methodsAt(app: Hono, path: string): string[] {
  const parts = path.split('/')
  const fits = (pattern: string) => {
    const wanted = pattern.split('/')
    return (
      wanted.length === parts.length && wanted.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]))
    )
  }
  const methods = app.routes.filter(({ method, path: pattern }) => method !== 'ALL' && fits(pattern)).map(({ method }) => method)
  return [...new Set(methods)].sort()
}
