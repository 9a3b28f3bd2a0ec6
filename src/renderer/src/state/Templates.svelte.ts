import { AppError } from '../../../shared/errors.ts'
import type { Template } from '../../../shared/model.ts'
import type { Session } from '../session/Session.ts'

/** The settings that one has kept for rooms to come. */
export class Templates {
  readonly #session: Session
  #all = $state.raw<readonly Template[]>([])

  constructor(session: Session) {
    this.#session = session
  }

  /** By their names. */
  get all(): readonly Template[] {
    return this.#all
  }

  /** Asks for them. Where they cannot be had, a room is made without. */
  async look(): Promise<void> {
    try {
      this.#become(await this.#session.records.templates())
    } catch {
      this.#become([])
    }
  }

  /** Another one of that name is replaced. Resolves with why that did not work, or null; so does `forget`. */
  async save(name: string, settings: Template['settings']): Promise<string | null> {
    if (name.trim() === '') return 'Give it a name, such as what such rooms are for.'
    try {
      const saved = await this.#session.records.saveTemplate(name.trim(), settings)
      this.#become([...this.#all.filter((template) => template.name !== saved.name), saved])
      return null
    } catch (error) {
      return AppError.from(error).message
    }
  }

  async forget(templateId: string): Promise<string | null> {
    try {
      await this.#session.records.deleteTemplate(templateId)
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code !== 'templateNotFound') return error.message
    }
    this.#become(this.#all.filter((template) => template.templateId !== templateId))
    return null
  }

  #become(templates: readonly Template[]): void {
    this.#all = [...templates].sort((a, b) => a.name.localeCompare(b.name))
  }
}
