import type { FullConfig, FullResult, Reporter } from '@playwright/test/reporter'

/** Says at the start and at the end what the tests ran on, so that no result can be taken for another's. */
export default class RuntimeReporter implements Reporter {
  #label = ''
  #passed = 0

  onBegin({ metadata }: FullConfig): void {
    this.#label = String(metadata['runtime'])
    process.stdout.write(`\nRunning ${this.#label}\n`)
  }

  onTestEnd(_test: unknown, { status }: { status: string }): void {
    if (status === 'passed') this.#passed += 1
  }

  onEnd({ status }: FullResult): void {
    process.stdout.write(`\n${this.#passed} passed ${this.#label}${status === 'passed' ? '' : ` (${status})`}\n`)
  }

  printsToStdio(): boolean {
    return false
  }
}
