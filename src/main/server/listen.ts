import type { Server } from 'node:http'
import type { ServerConfig } from './config.ts'
import { StartError } from './StartError.ts'

/** A port, and the flag that chooses it. */
export interface Way {
  port: number
  flag: string
}

/** The one where nobody else can read what is said, then, where there is one, that where others can. */
export function waysOf({ port, plainPort }: Pick<ServerConfig, 'port' | 'plainPort'>): Way[] {
  const way = { port, flag: '--port' }
  return plainPort === null ? [way] : [way, { port: plainPort, flag: '--plain-port' }]
}

/** Throws a StartError that names the port, or the address, which cannot be had. */
export function listen(http: Server, host: string, way: Way): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, way)))
    http.listen(way.port, host, resolve)
  })
}

function listenError(cause: NodeJS.ErrnoException, host: string, { port, flag }: Way): StartError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new StartError('portTaken', `Port ${port} is in use`, { hint: `choose another with ${flag}`, cause })
    case 'EACCES':
      return new StartError('portTaken', `Port ${port} needs more rights than this user has`, {
        hint: `choose another with ${flag}`,
        cause,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError('addressUnavailable', `This machine has no address ${host}`, {
        hint: 'choose another with --host',
        cause,
      })
    default:
      return new StartError('other', `Port ${port} on ${host} cannot be opened (${cause.code ?? cause.message})`, {
        hint: `choose others with --host and ${flag}`,
        cause,
      })
  }
}
