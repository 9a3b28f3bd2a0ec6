import { AppError } from '../../../shared/errors.ts'
import type { Room, RoomUsage } from '../../../shared/model.ts'
import { usageAsCsv } from '../../../shared/usageCsv.ts'
import type { Platform } from '../platform/Platform.ts'
import type { Session } from '../session/Session.ts'
import { linksOf } from './linksOf.ts'

/** What is saved on one's own computer. */
export class Files {
  readonly #session: Session
  readonly #platform: Platform

  constructor(session: Session, platform: Platform) {
    this.#session = session
    this.#platform = platform
  }

  /** The calendar file of a scheduled room that one leads. Resolves with why that did not work, or null. */
  async saveInvitation(room: Room): Promise<string | null> {
    const { id, name } = room
    try {
      const hostKey = this.#platform.hostKey(id) ?? undefined
      const link = linksOf(room, this.#session, this.#platform)?.web
      const calendar = await this.#session.records.invitation({ roomId: id, hostKey, link })
      this.#save(`${name}.ics`, 'text/calendar', calendar)
      return null
    } catch (error) {
      return AppError.from(error).message
    }
  }

  /** How a room was used: for spreadsheets, or for programs. */
  saveUsage({ name }: Room, usage: RoomUsage, type: 'csv' | 'json'): void {
    if (type === 'csv') this.#save(`${name} usage.csv`, 'text/csv', usageAsCsv(usage))
    else this.#save(`${name} usage.json`, 'application/json', `${JSON.stringify(usage, null, 2)}\n`)
  }

  /** A text as a file of that name, without what systems do not have in names. */
  #save(name: string, type: string, text: string): void {
    this.#platform.saveFile(name.replaceAll(/[\\/:*?"<>|]+/g, ' ').trim(), type, text)
  }
}
