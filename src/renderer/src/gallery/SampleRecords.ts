import type { AuditEntry, Membership, PastSession, RoomUsage, Template } from '../../../shared/model.ts'
import type { Records } from '../session/Records.ts'
import { sampleMember, sampleRooms } from './samples.ts'

const PAGE = 30
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
/** The same each time, and never even. */
const wave = (n: number) => Math.abs(Math.sin(n * 1.7) + Math.sin(n * 0.6))

/** Records of a sample room, `size` of each kind. */
export class SampleRecords implements Pick<Records, keyof Records> {
  readonly #size: number
  #templates: readonly Template[]

  constructor(size: number) {
    this.#size = size
    const names = ['Interview', 'Weekly meeting', 'Lecture with a lobby and a listener’s place for everyone'].slice(0, size)
    this.#templates = names.map((name, i) => ({
      templateId: `t${i}`,
      name,
      settings: { admission: 'lobby', maxPeers: 8 * i },
      createdAt: ago(1),
    }))
  }

  async history(cursor: string | null) {
    const from = Number(cursor ?? 0)
    const sessions = Array.from({ length: Math.min(PAGE, this.#size - from) }, (_, i): PastSession => {
      const index = from + i
      const { userId, name } = sampleMember(index)
      const began = index * 97
      const isThere = index < 3
      return { sessionId: `s${index}`, userId, name, connectedAt: ago(began + 60), disconnectedAt: isThere ? null : ago(began) }
    })
    return { sessions, cursor: from + PAGE < this.#size ? `${from + PAGE}` : null }
  }

  async usage(from: string, to: string): Promise<RoomUsage> {
    const days = []
    for (let at = Date.parse(from), n = 0; at <= Date.parse(to); at += 86_400_000, n++) {
      const people = this.#size > 1 ? Math.round(wave(n) * 6) : 0
      const sessions = Math.round(people * 1.4)
      const meanSeconds = people === 0 ? null : Math.round(600 + wave(n + 5) * 2_000)
      days.push({ day: new Date(at).toISOString().slice(0, 10), people, sessions, meanSeconds })
    }
    if (this.#size === 1) Object.assign(days.at(-1)!, { people: 1, sessions: 1 })
    const sessions = days.reduce((sum, day) => sum + day.sessions, 0)
    const total = { people: Math.min(sessions, 24), sessions, meanSeconds: this.#size > 1 ? 1_740 : null }
    return { timeZone: 'Europe/Berlin', presentNow: Math.min(this.#size, 4), days, total }
  }

  async audit(): Promise<readonly AuditEntry[]> {
    const [ada, grace] = [0, 1].map((index) => sampleMember(index))
    const actor = { kind: 'person', id: ada!.userId, name: ada!.name } as const
    const subject = { id: grace!.userId, name: grace!.name }
    const acts: [string, AuditEntry['subject'], AuditEntry['details']][] = [
      ['stopped', subject, { sources: ['microphone', 'camera'] }],
      ['roleChanged', subject, { role: 'cohost' }],
      ['roomChanged', null, { changed: ['name', 'locked', 'schedule'] }],
      ['admitted', subject, {}],
      ['banned', { id: 'u99', name: 'Somebody loud' }, {}],
      ['codeRenewed', null, {}],
      ['roomCreated', null, {}],
    ]
    return Array.from({ length: this.#size }, (_, i) => {
      const [act, on, details] = acts[this.#size === 1 ? acts.length - 1 : i % acts.length]!
      return { at: ago(i * 211), act, actor, subject: on, details }
    })
  }

  async memberships(): Promise<readonly Membership[]> {
    const roles = ['host', 'cohost', 'speaker', 'listener'] as const
    return Array.from({ length: Math.max(1, Math.min(this.#size, 12)) }, (_, index) => {
      const { userId, name } = sampleMember(index * 3)
      return { userId, name, role: roles[Math.min(index, 3)]!, since: '2026-01-01T08:00:00.000Z' }
    })
  }

  async invitation() {
    return ''
  }

  async myRooms(limit: number) {
    return sampleRooms
      .slice(0, Math.min(limit, this.#size))
      .map((room, index) => ({ room, lastSeenAt: ago(index * 3_000 + 20), isThere: index === 1 }))
  }

  async templates() {
    return this.#templates
  }

  async saveTemplate(name: string, settings: Template['settings']) {
    const template = { templateId: `t${name}`, name, settings, createdAt: ago(0) }
    this.#templates = [...this.#templates.filter((other) => other.name !== name), template]
    return template
  }

  async deleteTemplate(templateId: string) {
    this.#templates = this.#templates.filter((template) => template.templateId !== templateId)
  }
}
