import type { AuditEntry, Membership, RoomUsage, Template } from '../../../shared/model.ts'
import type { ParamsInput, Value } from '../../../shared/protocol.ts'
import type { Signaling } from '../../../client/Signaling.ts'

/** Visits in one answer. */
const PAGE = 50
/** Acts that are shown of a room. */
const ACTS = 200

/**
 * What the server keeps of the room that one is in, and of oneself, for who may read it. Each throws what the server answers:
 * `forbidden` to those whose role does not allow it.
 */
export class Records {
  readonly #signaling: Signaling

  constructor(signaling: Signaling) {
    this.#signaling = signaling
  }

  /** Who was in the room when, the latest first, page by page: from the cursor of the page before. */
  history(cursor: string | null): Promise<Value<'roomHistory'>> {
    return this.#signaling.request('roomHistory', { cursor, limit: PAGE })
  }

  /** How the room was used on each day, both ends included, as `2026-03-29`. */
  async usage(from: string, to: string): Promise<RoomUsage> {
    return (await this.#signaling.request('roomUsage', { from, to })).usage
  }

  /** What was done in the room, the latest first. */
  async audit(): Promise<readonly AuditEntry[]> {
    return (await this.#signaling.request('roomAudit', { limit: ACTS })).entries
  }

  /** Who has a lasting place in the room, whether here or not. */
  async memberships(): Promise<readonly Membership[]> {
    return (await this.#signaling.request('listMemberships', {})).memberships
  }

  /** A scheduled room's calendar file. Throws `notScheduled`. */
  async invitation(params: ParamsInput<'roomInvitation'>): Promise<string> {
    return (await this.#signaling.request('roomInvitation', params)).calendar
  }

  /** The rooms that one was in, the latest first, and whether one is in them now. */
  async myRooms(limit: number): Promise<Value<'myRooms'>['rooms']> {
    return (await this.#signaling.request('myRooms', { limit })).rooms
  }

  /** The settings that one has kept for rooms to come. */
  async templates(): Promise<readonly Template[]> {
    await this.#signaling.ready()
    return (await this.#signaling.request('listTemplates', {})).templates
  }

  /** Keeps settings; another template of one's own with that name is replaced. */
  async saveTemplate(name: string, settings: Template['settings']): Promise<Template> {
    return (await this.#signaling.request('saveTemplate', { name, settings })).template
  }

  /** Throws `templateNotFound`. */
  async deleteTemplate(templateId: string): Promise<void> {
    await this.#signaling.request('deleteTemplate', { templateId })
  }
}
