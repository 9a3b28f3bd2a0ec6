import { Worker } from 'node:worker_threads'
import type { Failure } from './errors.ts'
import type { GroupOutcome, Unit } from './writer.ts'

/** This side of the writer's thread. A thread that dies is replaced at the next commit. */
export class WriterThread {
  readonly #file: string
  #thread: Worker
  #alive = true
  #answer: ((outcome: GroupOutcome) => void) | null = null

  constructor(file: string) {
    this.#file = file
    this.#thread = this.#start()
  }

  /** Stores a group, durably. One at a time: the next one when this one is answered. */
  commit(group: readonly Unit[]): Promise<GroupOutcome> {
    if (!this.#alive) this.#thread = this.#start()
    return new Promise((resolve) => {
      this.#answer = resolve
      this.#thread.postMessage(group)
    })
  }

  /** Ends the thread; as the last connection closes, SQLite moves the log into the database. */
  async close(): Promise<void> {
    if (!this.#alive) return
    const ended = new Promise((resolve) => this.#thread.once('exit', resolve))
    this.#thread.postMessage(null)
    await ended
  }

  #start(): Worker {
    // Beside this file, in the sources as well as in the build.
    const entry = new URL(import.meta.url.endsWith('.ts') ? './writer.ts' : './writer.js', import.meta.url)
    // Nothing of the environment: under `node --watch` a variable would have Node mix its own messages with ours.
    const thread = new Worker(entry, { workerData: { file: this.#file }, env: {} })
    let failure: Failure = { code: null, message: 'the thread that writes has ended' }
    thread.on('message', (outcome: GroupOutcome) => this.#settle(outcome))
    thread.on('error', (error) => (failure = { code: null, message: `the thread that writes has failed: ${String(error)}` }))
    thread.on('exit', () => {
      this.#alive = false
      this.#settle({ refused: failure })
    })
    this.#alive = true
    return thread
  }

  #settle(outcome: GroupOutcome): void {
    this.#answer?.(outcome)
    this.#answer = null
  }
}
