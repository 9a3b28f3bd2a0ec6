import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { AppError, errorStatus } from '../../shared/errors.ts'
import { hasToken, isForThis, mayEnter, tokenInUrl } from './origin.ts'
import { isPlain } from './plainPort.ts'
import { problemOf } from './rest/problem.ts'
import { isPrivate } from './tls/onePort.ts'

type Config = Parameters<typeof mayEnter>[1]

/** Keeps out requests from elsewhere, before anything reads them. */
export function guarded(config: Config, handle: RequestListener): RequestListener {
  return (request, response) => {
    if (!isPlain(request.socket) && !isPrivate(request.socket)) return leadToTls(request, response, config)
    const error = !mayEnter(request, config) ? elsewhere() : hasToken(request) ? tokenInUrl() : null
    if (!error) return handle(request, response)
    response.writeHead(errorStatus[error.code], { 'Content-Type': 'application/problem+json' })
    response.end(JSON.stringify(problemOf(error)))
  }
}

/**
 * Whoever has typed an address comes without encryption at first. Only a page is led on: a program has sent its secrets already; and only to
 * this server: where else a page leads is nothing that others are to choose.
 */
function leadToTls(request: IncomingMessage, response: ServerResponse, config: Config): void {
  const { method, url = '', headers } = request
  const isPage = method === 'GET' && url.startsWith('/') && isForThis(request, config)
  response.writeHead(isPage ? 308 : 403, isPage ? { Location: `https://${headers.host}${url}` } : {})
  response.end()
}

const elsewhere = () => new AppError('forbidden', 'This server is not there for requests from elsewhere')
