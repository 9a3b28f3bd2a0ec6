import type { Bridge } from '../../../shared/bridge.ts'
import { checkTitles, type CheckResult, type Checkup } from '../../../shared/checkup.ts'
import { AppError, unwrap } from '../../../shared/errors.ts'

/** A check as it is shown: what was looked at, and what came of it. */
export interface CheckRow {
  title: string
  /** Whose server, where there are several. */
  server: string | null
  status: CheckResult['status'] | 'running'
  detail: string
}

type State =
  { status: 'closed' } | { status: 'running' } | { status: 'done'; checkup: Checkup } | { status: 'failed'; error: AppError }

/** A look at the network, from the wish to what is to be done. */
export class NetworkCheck {
  #state = $state.raw<State>({ status: 'closed' })
  #rows = $state.raw<readonly CheckRow[]>([])
  readonly #bridge: Bridge
  /** `HOST:PORT` that is looked for; null: what concerns the window where it is. */
  #address: string | null = null
  /** Of the last look; what comes of earlier ones is nobody's business any more. */
  #lookId = 0

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.onNetworkChecked(({ lookId, name, server, result }) => {
      if (lookId !== this.#lookId) return
      const title = checkTitles[name]
      const row = { title, server, status: result?.status ?? 'running', detail: result?.detail ?? '' } as const
      const at = this.#rows.findIndex((one) => one.title === title && one.server === server)
      this.#rows = at < 0 ? [...this.#rows, row] : this.#rows.with(at, row)
    })
  }

  get state(): State {
    return this.#state
  }

  /** In the order in which they began. */
  get rows(): readonly CheckRow[] {
    return this.#rows
  }

  /** Whether it is to be said whose server a row is about. */
  get hasSeveral(): boolean {
    return new Set(this.#rows.flatMap(({ server }) => server ?? [])).size > 1
  }

  /** All that was found, for the clipboard. */
  get details(): string {
    const { state } = this
    const checks = this.#rows.map(
      ({ title, server, status, detail }) => `${status}: ${title}${server ? ` (${server})` : ''}: ${detail}`,
    )
    const end =
      state.status === 'done'
        ? [`${state.checkup.culprit ?? 'all well'} (${state.checkup.sureness})`, state.checkup.summary, ...state.checkup.steps]
        : []
    return [...end, '', ...checks, new Date().toISOString()].join('\n')
  }

  /** Looks, for what keeps this computer from an address, or in general. */
  async look(address: string | null = this.#address): Promise<void> {
    this.#address = address
    this.#rows = []
    this.#state = { status: 'running' }
    const lookId = ++this.#lookId
    const answer = await this.#bridge
      .checkNetwork({ lookId, address })
      .then(unwrap)
      .catch((error: unknown) => AppError.from(error))
    if (lookId !== this.#lookId) return
    this.#state = answer instanceof AppError ? { status: 'failed', error: answer } : { status: 'done', checkup: answer }
  }

  close(): void {
    this.#lookId++
    this.#state = { status: 'closed' }
  }
}
