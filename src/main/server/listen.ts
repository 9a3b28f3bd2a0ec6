import type { Server } from 'node:http'
import { programAt } from '../lan/portOwner.ts'
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

/** Listens on that address and port. Throws a StartError that says why it cannot, and who has the port where that is known. */
export function listen(http: Server, host: string, way: Way): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => void listenError(error, host, way).then(reject))
    http.listen(way.port, host, resolve)
  })
}

async function listenError(cause: NodeJS.ErrnoException, host: string, { port, flag }: Way): Promise<StartError> {
  switch (cause.code) {
    case 'EADDRINUSE': {
      const program = await programAt(port)
      const by = program === null ? '' : ` by ${program}`
      return new StartError('portTaken', `Port ${port} is in use${by}`, { hint: `choose another with ${flag}`, cause })
    }
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
