import { randomBytes } from 'node:crypto'
import { safeStorage } from 'electron'
import type { Logger } from 'pino'
import { z } from 'zod'
import { KeptFile } from './KeptFile.ts'

const DEVICE_BYTES = 32
/** Keys of rooms that one was host of; the oldest give way. */
const MAX_HOST_KEYS = 200

export const ServerKeys = z.object({
  /** The secret by which a server knows this copy again: 256 random bits. */
  device: z.string(),
  /** By room. */
  hostKeys: z.record(z.string(), z.string()),
})
export type ServerKeys = z.infer<typeof ServerKeys>

/**
 * The secrets that this copy keeps for each server, encrypted by the system's own key store where there is one. A server is named by
 * its address, the carried one by `own`, whatever its port.
 */
export class Secrets {
  readonly #file: KeptFile
  /** Of servers whose kept ones the system does not give back now: they are not written over. */
  readonly #forNow = new Map<string, ServerKeys>()
  /** One at a time, so that two who ask at once for a new server's are given the same. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(log: Logger) {
    this.#file = new KeptFile('secrets', log)
  }

  /** Made where there are none yet. */
  keysOf(server: string): Promise<ServerKeys> {
    return this.#inTurn(async () => (await this.#read(server)) ?? (await this.#make(server)))
  }

  keepHostKey(server: string, roomId: string, key: string): Promise<void> {
    return this.#inTurn(async () => {
      const { device, hostKeys } = (await this.#read(server)) ?? (await this.#make(server))
      const { [roomId]: _, ...others } = hostKeys
      const latest = Object.entries({ [roomId]: key, ...others }).slice(0, MAX_HOST_KEYS)
      await this.#write(server, { device, hostKeys: Object.fromEntries(latest) })
    })
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => {})
    return turn
  }

  async #make(server: string): Promise<ServerKeys> {
    const keys = newKeys()
    await this.#write(server, keys)
    return keys
  }

  /** Null where there is nothing, or nothing that can be understood. */
  async #read(server: string): Promise<ServerKeys | null> {
    const forNow = this.#forNow.get(server)
    if (forNow) return forNow
    const kept = this.#file.get(server)
    if (typeof kept !== 'string') return null
    const [how, text = ''] = kept.split(':')
    const bytes = Buffer.from(text, 'base64')
    try {
      return parse(how === 'sealed' ? (await safeStorage.decryptStringAsync(bytes)).result : bytes.toString())
    } catch {
      // A key store that is locked opens again one day.
      const keys = newKeys()
      this.#forNow.set(server, keys)
      return keys
    }
  }

  async #write(server: string, keys: ServerKeys): Promise<void> {
    if (this.#forNow.has(server)) return void this.#forNow.set(server, keys)
    const text = JSON.stringify(keys)
    const canSeal = await safeStorage.isAsyncEncryptionAvailable()
    const bytes = canSeal ? await safeStorage.encryptStringAsync(text) : Buffer.from(text)
    this.#file.set(server, `${canSeal ? 'sealed' : 'plain'}:${bytes.toString('base64')}`)
  }
}

const newKeys = (): ServerKeys => ({ device: randomBytes(DEVICE_BYTES).toString('base64url'), hostKeys: {} })

function parse(text: string): ServerKeys | null {
  try {
    return ServerKeys.parse(JSON.parse(text))
  } catch {
    return null
  }
}
