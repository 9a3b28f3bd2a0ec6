import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { serve, type ServedProcess } from '../../support/serve.ts'
import { Browsers } from './browsers.ts'
import { Person, type PersonOptions } from './Person.ts'

/** The built program in a process of its own, which a test may kill and start again at the same address. */
export class TestServer {
  readonly dataDir: string
  #process: ServedProcess

  constructor(dataDir: string, process: ServedProcess) {
    this.dataDir = dataDir
    this.#process = process
  }

  get url(): string {
    return this.#process.ready.url
  }

  get pid(): number {
    return this.#process.pid
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    await this.#process.stop(signal)
  }

  async startAgain(): Promise<void> {
    this.#process = await serve(this.dataDir, { port: Number(new URL(this.url).port) })
  }
}

export const test = base.extend<
  { server: TestServer; person: (name: string, options: PersonOptions) => Promise<Person> },
  { browsers: Browsers }
>({
  browsers: [
    async ({}, use) => {
      const browsers = new Browsers()
      await use(browsers)
      await browsers.close()
    },
    { scope: 'worker' },
  ],
  // eslint wants a first argument here, and Playwright reads its shape.
  server: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lanyard-e2e-'))
    const server = new TestServer(dataDir, await serve(dataDir))
    await use(server)
    await server.stop('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  },
  person: async ({ browsers }, use) => {
    const people: Person[] = []
    await use(async (name, options) => {
      const isOwn = options.home !== undefined || options.machine !== undefined
      const person = isOwn ? await Person.start(name, options) : await Person.in(await browsers.like(options), name, options)
      people.push(person)
      return person
    })
    await Promise.all(people.map((person) => person.close()))
  },
})

export { expect } from '@playwright/test'
