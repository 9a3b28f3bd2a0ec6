import { test } from 'vitest'
import { Network, whyNoNetworks } from './Network.ts'

/** Makes a network that goes with the test. */
export type MakeNetwork = () => Promise<Network>

type Run = (its: { makeNetwork: MakeNetwork }) => Promise<void>

/** A test on networks of its own; skipped, with the reason in its name, where none can be made. */
export const onNetworks = (name: string, run: Run, timeoutMs?: number) => testOn(name, run, timeoutMs, false)

/** The same for one that mostly waits: beside others of its file. */
export const onNetworksAtOnce = (name: string, run: Run, timeoutMs?: number) => testOn(name, run, timeoutMs, true)

function testOn(name: string, run: Run, timeoutMs: number | undefined, concurrent: boolean): void {
  const title = whyNoNetworks === null ? name : `${name} (${whyNoNetworks})`
  const options = { concurrent, ...(timeoutMs !== undefined && { timeout: timeoutMs }) }
  test.skipIf(whyNoNetworks !== null)(title, options, ({ onTestFinished }) =>
    run({
      makeNetwork: async () => {
        const network = await Network.make()
        onTestFinished(() => network.close())
        return network
      },
    }),
  )
}
