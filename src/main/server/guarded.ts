import type { RequestListener } from 'node:http'
import { AppError, errorStatus } from '../../shared/errors.ts'
import { hasToken, mayEnter, tokenInUrl } from './origin.ts'
import { isPlain } from './plainPort.ts'
import { problemOf } from './rest/problem.ts'
import { isPrivate } from './tls/onePort.ts'

/** Keeps out requests from elsewhere, before anything reads them. */
export function guarded(config: Parameters<typeof mayEnter>[1], handle: RequestListener): RequestListener {
  return (request, response) => {
    if (!isPlain(request.socket) && !isPrivate(request.socket)) return leadToTls(request, response)
    const error = !mayEnter(request, config) ? elsewhere() : hasToken(request) ? tokenInUrl() : null
    if (!error) return handle(request, response)
    response.writeHead(errorStatus[error.code], { 'Content-Type': 'application/problem+json' })
    response.end(JSON.stringify(problemOf(error)))
  }
}

/** Whoever has typed an address comes without encryption at first. Only a page is led on: a program has sent its secrets already. */
const leadToTls: RequestListener = ({ method, url, headers: { host } }, response) => {
  const isPage = method === 'GET' && URL.canParse(`https://${host}${url}`)
  response.writeHead(isPage ? 308 : 403, isPage ? { Location: `https://${host}${url}` } : {})
  response.end()
}

const elsewhere = () => new AppError('forbidden', 'This server is not there for requests from elsewhere')
