import { powerMonitor, powerSaveBlocker } from 'electron'
import type { EventPayload } from '../../shared/bridge.ts'

type Power = EventPayload<'powerChanged'>['power']

/** Tells when the computer goes to sleep or wakes, is locked or unlocked. */
export function watchPower(tell: (power: Power) => void): void {
  powerMonitor.on('suspend', () => tell('suspend'))
  powerMonitor.on('resume', () => tell('resume'))
  powerMonitor.on('lock-screen', () => tell('lock'))
  powerMonitor.on('unlock-screen', () => tell('unlock'))
}

/** Keeps the computer awake while there is a reason to. */
export class Wakefulness {
  readonly #blockers = new Map<string, number>()

  /** In a call the display stays on too; a computer that only hosts may darken it. */
  keep(reason: 'call' | 'hosting', needed: boolean): void {
    const blocker = this.#blockers.get(reason)
    if (needed === (blocker !== undefined)) return
    if (blocker !== undefined) {
      powerSaveBlocker.stop(blocker)
      this.#blockers.delete(reason)
    } else {
      this.#blockers.set(reason, powerSaveBlocker.start(reason === 'call' ? 'prevent-display-sleep' : 'prevent-app-suspension'))
    }
  }
}
