import { createHmac } from 'node:crypto'
import { parseJoinCode } from '../../shared/joinCode.ts'
import { deriveKey, sameSecret } from './ids.ts'
import type { StoredRoom } from './store/rooms.ts'

const KEY_LENGTH = 16

/** The keys that links carry beside a code. Each follows from the code, so it need not be stored, and goes with it. */
export class LinkKeys {
  readonly #secret: string

  constructor(masterKey: Uint8Array) {
    this.#secret = deriveKey(masterKey, 'lanyard link')
  }

  of({ tenantId, joinCode }: Pick<StoredRoom, 'tenantId' | 'joinCode'>): string {
    const mac = createHmac('sha256', this.#secret).update(`${tenantId}\0${joinCode}`)
    return mac.digest('base64url').slice(0, KEY_LENGTH)
  }

  /** The code in `CODE.KEY` where the key is that code's; null for any other reference. Whether there is such a room plays no part. */
  codeIn(tenantId: string, ref: string): string | null {
    const { code, key } = splitRef(ref)
    if (code === null || key === null) return null
    return sameSecret(key, this.of({ tenantId, joinCode: code })) ? code : null
  }
}

/** The parts of a reference by a code, with a key or without; the code is null where it can be none. */
export function splitRef(ref: string): { code: string | null; key: string | null } {
  const dot = ref.indexOf('.')
  if (dot < 0) return { code: parseJoinCode(ref), key: null }
  return { code: parseJoinCode(ref.slice(0, dot)), key: ref.slice(dot + 1) }
}
