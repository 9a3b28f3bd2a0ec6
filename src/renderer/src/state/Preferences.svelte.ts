import type { Room, Source } from '../../../shared/model.ts'
import type { Kept, Platform, RecentRoom, Theme } from '../platform/Platform.ts'

const MAX_RECENT_ROOMS = 8
const MAX_FORGOTTEN_ROOMS = 100
type DeviceChoice = Kept['devices']

/** What is remembered of one person, kept on every change. */
export class Preferences {
  readonly #platform: Platform
  #kept: Kept

  constructor(platform: Platform) {
    this.#platform = platform
    const kept = platform.readKept()
    this.#kept = $state.raw({ ...kept, name: (platform.invitation.name ?? kept.name).slice(0, 64) })
    platform.showTheme(kept.theme)
  }

  get name(): string {
    return this.#kept.name
  }

  set name(name: string) {
    this.#keep({ name })
  }

  get theme(): Theme {
    return this.#kept.theme
  }

  set theme(theme: Theme) {
    this.#keep({ theme })
    this.#platform.showTheme(theme)
  }

  get devices(): DeviceChoice {
    return this.#kept.devices
  }

  /** Whether others on the server may ring one outside of rooms. */
  get canBeRung(): boolean {
    return this.#kept.canBeRung
  }

  set canBeRung(canBeRung: boolean) {
    this.#keep({ canBeRung })
  }

  get recentRooms(): readonly RecentRoom[] {
    return this.#kept.recentRooms
  }

  /** Whether to come in with it on. */
  comesWith(source: Exclude<Source, 'screen'>): boolean {
    return this.#kept[source]
  }

  comeWith(source: Exclude<Source, 'screen'>, on: boolean): void {
    this.#keep({ [source]: on })
  }

  /** Null is the system's choice. */
  chooseDevice(kind: keyof DeviceChoice, device: DeviceChoice[typeof kind]): void {
    this.#keep({ devices: { ...this.#kept.devices, [kind]: device } })
  }

  remember({ id, joinCode, name }: Room): void {
    const others = this.#kept.recentRooms.filter((room) => room.id !== id)
    const before = this.#kept.recentRooms.find((room) => room.id === id)
    // One's own server stays that, by whatever address it was reached.
    const server = before?.server === 'own' ? 'own' : this.#platform.serverName
    const where = this.#platform.serverLabel
    const latest = { id, code: joinCode, name, at: new Date().toISOString(), server, where }
    this.#keep({
      recentRooms: [latest, ...others].slice(0, MAX_RECENT_ROOMS),
      forgottenRooms: this.#kept.forgottenRooms.filter((room) => room.id !== id),
    })
  }

  forget(roomId: string): void {
    const others = this.#kept.forgottenRooms.filter(({ id }) => id !== roomId)
    this.#keep({
      recentRooms: this.#kept.recentRooms.filter(({ id }) => id !== roomId),
      forgottenRooms: [{ id: roomId, at: new Date().toISOString() }, ...others].slice(0, MAX_FORGOTTEN_ROOMS),
    })
  }

  /** Whether a room was forgotten since one was there. */
  hasForgotten({ id, at }: Pick<RecentRoom, 'id' | 'at'>): boolean {
    return this.#kept.forgottenRooms.some((room) => room.id === id && room.at >= at)
  }

  #keep(changes: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...changes }
    this.#platform.keep(this.#kept)
  }
}
