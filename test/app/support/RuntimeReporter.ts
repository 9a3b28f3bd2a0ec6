import type { FullResult, Reporter } from '@playwright/test/reporter'
import { runtime } from './runtime.ts'

/** Says at the start and at the end what the specs ran on, so that no result can be taken for another's. */
export default class RuntimeReporter implements Reporter {
  #passed = 0

  onBegin(): void {
    process.stdout.write(`\nRunning ${runtime.label}\n`)
  }

  onTestEnd(_test: unknown, { status }: { status: string }): void {
    if (status === 'passed') this.#passed += 1
  }

  onEnd({ status }: FullResult): void {
    process.stdout.write(`\n${this.#passed} passed ${runtime.label}${status === 'passed' ? '' : ` (${status})`}\n`)
  }

  printsToStdio(): boolean {
    return false
  }
}
