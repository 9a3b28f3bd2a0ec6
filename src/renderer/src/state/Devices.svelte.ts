import { AppError } from '../../../shared/errors.ts'
import type { Capture, MediaDevice } from '../session/capture.ts'
import type { Session } from '../session/Session.ts'
import type { Preferences } from './Preferences.svelte.ts'

export type DeviceKind = MediaDevice['kind']

/** The microphones, cameras and speakers of this machine, and which ones are used. */
export class Devices {
  readonly #capture: Capture
  readonly #session: Session
  readonly #preferences: Preferences
  readonly #offs: (() => void)[] = []
  #all = $state.raw<readonly MediaDevice[]>([])
  #error = $state.raw<AppError | null>(null)

  constructor(capture: Capture, session: Session, preferences: Preferences) {
    this.#capture = capture
    this.#session = session
    this.#preferences = preferences
    const refresh = () => void this.refresh()
    // Their names are told only once something was allowed.
    this.#offs.push(session.microphone.on('changed', refresh), session.camera.on('changed', refresh))
    if (typeof navigator !== 'undefined' && 'mediaDevices' in navigator) {
      navigator.mediaDevices.addEventListener('devicechange', refresh)
      this.#offs.push(() => navigator.mediaDevices.removeEventListener('devicechange', refresh))
    }
    refresh()
  }

  /** Why the last choice did not work. */
  get error(): AppError | null {
    return this.#error
  }

  /** Whether there is one at all, allowed or not. */
  has(kind: DeviceKind): boolean {
    return this.#all.some((device) => device.kind === kind)
  }

  /** Those of a kind that can be chosen, each with a name. */
  list(kind: DeviceKind): { deviceId: string; label: string }[] {
    return this.#all
      .filter((device) => device.kind === kind && device.deviceId !== '' && !aliases.includes(device.deviceId))
      .map(({ deviceId, label }, index) => ({ deviceId, label: label || `${names[kind]} ${index + 1}` }))
  }

  /** What the system's choice is called. */
  systemChoice(kind: DeviceKind): string {
    const [first] = aliases
    return this.#all.find((device) => device.kind === kind && device.deviceId === first)?.label || 'System default'
  }

  /** The chosen one as long as it is plugged in; null is the system's choice. */
  used(kind: DeviceKind): string | null {
    const chosen = this.#preferences.devices[kind]
    if (!chosen) return null
    const all = this.#all.filter((device) => device.kind === kind)
    const used =
      all.find(({ deviceId }) => deviceId === chosen.id) ??
      all.find(({ deviceId, label }) => label !== '' && label === chosen.label && !aliases.includes(deviceId))
    return used?.deviceId ?? null
  }

  async choose(kind: DeviceKind, deviceId: string | null): Promise<void> {
    const label = this.#all.find((device) => device.kind === kind && device.deviceId === deviceId)?.label ?? ''
    this.#preferences.chooseDevice(kind, deviceId === null ? null : { id: deviceId, label })
    await this.#apply()
  }

  async refresh(): Promise<void> {
    this.#all = await this.#capture.devices().catch(() => [])
    await this.#apply()
  }

  close(): void {
    for (const off of this.#offs.splice(0)) off()
  }

  async #apply(): Promise<void> {
    try {
      await Promise.all([
        this.#session.useDevice('microphone', this.used('microphone')),
        this.#session.useDevice('camera', this.used('camera')),
      ])
      this.#error = null
    } catch (error) {
      this.#error = AppError.from(error)
    }
  }
}

/** What Chromium lists besides the devices themselves: roles that the system gives to some of them. */
const aliases: readonly [string, string] = ['default', 'communications']

const names = { microphone: 'Microphone', camera: 'Camera', speaker: 'Speaker' } as const satisfies Record<DeviceKind, string>
