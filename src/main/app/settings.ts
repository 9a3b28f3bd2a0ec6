import type { Logger } from 'pino'
import { z } from 'zod'
import { Settings, type CallParams } from '../../shared/bridge.ts'
import { Capacity } from '../../shared/capacity.ts'
import { USUAL_PORT } from '../../shared/ports.ts'
import { KeptFile } from './KeptFile.ts'

/** Where the window was. In device-independent pixels. */
export const WindowPlace = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(200).max(20_000),
  height: z.int().min(200).max(20_000),
  maximized: z.boolean(),
})
export type WindowPlace = z.infer<typeof WindowPlace>

const defaults = {
  serverName: '',
  serverPort: USUAL_PORT,
  plainGuests: false,
  launchAtLogin: false,
  microphoneKey: false,
  notifications: true,
  sounds: true,
} satisfies Settings

/** What this copy keeps of what was set, and where its window was. What cannot be read falls back, each part alone. */
export class SettingsStore {
  readonly #file: KeptFile

  constructor(log: Logger) {
    this.#file = new KeptFile('settings', log)
  }

  get settings(): Settings {
    const kept = Object.entries(Settings.shape).map(([name, schema]) => {
      const parsed = schema.safeParse(this.#file.get(name))
      return [name, parsed.success ? parsed.data : defaults[name as keyof Settings]]
    })
    return Settings.parse(Object.fromEntries(kept))
  }

  change(changes: CallParams<'changeSettings'>): Settings {
    for (const [name, value] of Object.entries(changes)) if (value !== undefined) this.#file.set(name, value)
    return this.settings
  }

  /** How many people this computer can hold, as it was last known while nobody was here. */
  get capacity(): Capacity | null {
    return Capacity.nullable()
      .catch(null)
      .parse(this.#file.get('capacity') ?? null)
  }

  keepCapacity(capacity: Capacity): void {
    this.#file.set('capacity', capacity)
  }

  get windowPlace(): WindowPlace | null {
    return WindowPlace.nullable()
      .catch(null)
      .parse(this.#file.get('window') ?? null)
  }

  keepWindowPlace(place: WindowPlace): void {
    this.#file.set('window', place)
  }
}
