import type { Server } from 'node:http'
import { programAt } from '../lan/portOwner.ts'
import type { ServerConfig } from './config.ts'
import { StartError } from './StartError.ts'

/** Listens on the address and the port that are set. Throws a StartError that says why it cannot, and who has the port where that is known. */
export function listen(http: Server, { host, port }: ServerConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => void listenError(error, host, port).then(reject))
    http.listen(port, host, resolve)
  })
}

async function listenError(cause: NodeJS.ErrnoException, host: string, port: number): Promise<StartError> {
  switch (cause.code) {
    case 'EADDRINUSE': {
      const program = await programAt(port)
      const by = program === null ? '' : ` by ${program}`
      return new StartError('portTaken', `Port ${port} is in use${by}`, { hint: 'choose another with --port', cause })
    }
    case 'EACCES':
      return new StartError('portTaken', `Port ${port} needs more rights than this user has`, {
        hint: 'choose another with --port',
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
        hint: 'choose others with --host and --port',
        cause,
      })
  }
}
