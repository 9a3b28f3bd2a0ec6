import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Emitter } from '../../../src/shared/emitter.ts'
import type { Machine } from '../../support/lan/Machine.ts'
import { until } from '../../support/until.ts'
import type { RogueLine, RogueOptions } from '../programs/rogue.ts'

/** A rogue twin on a machine: see `programs/rogue.ts`. */
export class Rogue extends Emitter<{ changed: [] }> {
  readonly #program: ChildProcess
  readonly #lines: RogueLine[] = []

  private constructor(program: ChildProcess) {
    super()
    this.#program = program
    createInterface({ input: program.stdout! }).on('line', (line) => {
      this.#lines.push(JSON.parse(line) as RogueLine)
      this.emit('changed')
    })
  }

  /** When it shows itself. */
  static async on(machine: Machine, options: RogueOptions): Promise<Rogue> {
    const file = join(import.meta.dirname, '../programs/rogue.ts')
    const rogue = new Rogue(
      machine.run(process.execPath, [file, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
    await until(rogue, () => rogue.words.length > 0)
    return rogue
  }

  get words(): string[] {
    return this.#lines.flatMap(({ words }) => words ?? [])
  }

  get fingerprint(): string {
    return this.#lines.find(({ fingerprint }) => fingerprint)?.fingerprint ?? ''
  }

  /** All that it was told after handshakes, as it came out of their encryption. */
  get told(): string {
    return this.#lines.flatMap(({ told }) => told ?? []).join('')
  }

  /** Waits until the victim has connected so often since now. */
  async isReached(times: number): Promise<void> {
    const wanted = this.#reached + times
    await until(this, () => this.#reached >= wanted)
  }

  get #reached(): number {
    return this.#lines.findLast(({ reached }) => reached !== undefined)?.reached ?? 0
  }

  async end(): Promise<void> {
    const ended = once(this.#program, 'close')
    this.#program.stdin!.end()
    await ended
  }
}
