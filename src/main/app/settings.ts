import Store from 'electron-store'
import { z } from 'zod'
import { Settings, type CallParams } from '../../shared/bridge.ts'

/** Where the window was. In device-independent pixels. */
export const WindowPlace = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(200),
  height: z.int().min(200),
  maximized: z.boolean(),
})
export type WindowPlace = z.infer<typeof WindowPlace>

const defaults = {
  serverName: '',
  serverPort: 4433,
  launchAtLogin: false,
  microphoneKey: false,
  notifications: true,
  sounds: true,
} satisfies Settings

/** What this copy keeps of what was set, and where its window was. What cannot be read falls back, each part alone. */
export class SettingsStore {
  readonly #store = new Store<Record<string, unknown>>({ name: 'settings', clearInvalidConfig: true })

  get settings(): Settings {
    const kept = Object.entries(Settings.shape).map(([name, schema]) => {
      const parsed = schema.safeParse(this.#store.get(name))
      return [name, parsed.success ? parsed.data : defaults[name as keyof Settings]]
    })
    return Settings.parse(Object.fromEntries(kept))
  }

  change(changes: CallParams<'changeSettings'>): Settings {
    this.#store.set(Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)))
    return this.settings
  }

  get windowPlace(): WindowPlace | null {
    return WindowPlace.nullable()
      .catch(null)
      .parse(this.#store.get('window') ?? null)
  }

  keepWindowPlace(place: WindowPlace): void {
    this.#store.set('window', place)
  }
}
