import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { createServer, request, type RequestListener, type Server } from 'node:http'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'

/** A Unix socket's path has 104 bytes on macOS and 108 on Linux, with the zero at its end (sys/un.h). */
const MAX_PATH_BYTES = 103
/** How long what is asked when the server ends has to be answered, in ms. */
const END_MS = 1_000
const NAME = 'control.sock'

interface Place {
  /** Of the socket; a named pipe's on Windows. */
  path: string
  /** A folder that is there for the socket alone, where the data directory's path is too long for one. */
  own: string | null
}

function placeOf(dataDir: string): Place {
  const real = realpathSync(dataDir)
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\lanyard-${hash}`, own: null }
  const path = join(real, NAME)
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return { path, own: null }
  // Not where the environment says that such files go: a service and a shell are told different places.
  const own = `/tmp/lanyard-${hash}`
  return { path: join(own, NAME), own }
}

/** The door of a running server for whoever owns its data directory: HTTP over a socket that nobody else can open. */
export class Control {
  readonly #server: Server
  readonly #own: string | null
  #closing: Promise<void> | null = null

  private constructor(server: Server, own: string | null) {
    this.#server = server
    this.#own = own
  }

  /** Only the one that has the directory's lock may open it: what a killed server has left there is replaced. Throws where others could. */
  static async open(dataDir: string, handle: RequestListener): Promise<Control> {
    const place = placeOf(dataDir)
    const server = createServer(handle)
    if (process.platform !== 'win32') prepare(place, dataDir)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(place.path, resolve)
      // Bound by now; nobody has been let in yet.
      if (process.platform !== 'win32' && server.listening) chmodSync(place.path, 0o600)
    })
    return new Control(server, place.own)
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    const late = setTimeout(() => this.#server.closeAllConnections(), END_MS)
    await closed
    clearTimeout(late)
    if (this.#own !== null) rmSync(this.#own, { recursive: true, force: true })
  }
}

/**
 * Asks the server that lives in a data directory; null where nobody listens there. Rejects where the connection breaks, or nothing
 * comes for `patienceMs`.
 */
export function askControl(
  dataDir: string,
  {
    method,
    path,
    headers,
    body,
    patienceMs,
  }: { method: string; path: string; headers: Record<string, string>; body: string | null; patienceMs: number },
): Promise<Response | null> {
  const place = placeOf(dataDir)
  if (process.platform !== 'win32' && !isSafe(place, dataDir)) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: place.path, method, path, headers: { ...headers, Host: 'localhost' }, agent: false })
    asked.setTimeout(patienceMs, () => asked.destroy(new Error(`nothing came for ${patienceMs / 1_000} seconds`)))
    asked.once('error', (error: NodeJS.ErrnoException) => (isNobody(error) ? resolve(null) : reject(error)))
    asked.once('response', (answer) => {
      const { statusCode: status = 500 } = answer
      const answered = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] => [[name, String(value)]])
      const stream = status === 204 ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>)
      if (!stream) answer.resume()
      resolve(new Response(stream, { status, headers: answered }))
    })
    asked.end(body)
  })
}

/** No socket, or one whose server has ended. */
function isNobody({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK'
}

/** Throws where others could put a socket of their own in this one's place. */
function prepare(place: Place, dataDir: string): void {
  if (place.own !== null) mkdirSync(place.own, { recursive: true, mode: 0o700 })
  if (!isSafe(place, dataDir)) throw new Error(`others can write in ${dirname(place.path)}`)
  rmSync(place.path, { force: true })
}

/** Whether the socket's folder is a real one, of whoever has the data directory, and not everyone's to write in. */
function isSafe({ path, own }: Place, dataDir: string): boolean {
  const found = lstatSync(dirname(path), { throwIfNoEntry: false })
  const others = own === null ? 0o002 : 0o077
  return found !== undefined && found.isDirectory() && found.uid === statSync(dataDir).uid && (found.mode & others) === 0
}
