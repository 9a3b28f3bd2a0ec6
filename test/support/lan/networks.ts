import { onTestFinished, test } from 'vitest'
import { Network, whyNoNetworks } from './Network.ts'

/** A test on networks of its own; skipped, with the reason in its name, where none can be made. */
export function onNetworks(name: string, run: () => Promise<void>, timeoutMs?: number): void {
  const title = whyNoNetworks === null ? name : `${name} (${whyNoNetworks})`
  test.skipIf(whyNoNetworks !== null)(title, timeoutMs === undefined ? {} : { timeout: timeoutMs }, run)
}

/** A network that goes with the test. */
export async function makeNetwork(): Promise<Network> {
  const network = await Network.make()
  onTestFinished(() => network.close())
  return network
}
