import { test } from '@playwright/test'
import { Person } from '../../e2e/support/Person.ts'
import type { Machine } from '../../support/lan/Machine.ts'
import { looks } from '../../../examples/playwright/kit/looks.ts'
import type { Look } from '../../support/looks.ts'
import { Desktop, type DesktopOptions } from './Desktop.ts'

/** Someone with the app on a machine of the test's network, which their server is open to. */
export interface Neighbour {
  desktop: Desktop
  person: Person
}

export interface NeighbourOptions extends DesktopOptions {
  /** Whether the first thing on the screen is a question, and they cannot say their name yet. */
  isGreeted?: boolean
}

export async function launchNeighbour(
  name: string,
  look: Look,
  machine: Machine,
  { isGreeted = false, ...options }: NeighbourOptions = {},
): Promise<Neighbour> {
  const desktop = await Desktop.launch({ machine, host: '::', ...looks[look], ...options })
  const person = Person.at(name, desktop)
  if (!isGreeted) await person.page.getByRole('textbox', { name: 'Your name' }).fill(name)
  return { desktop, person }
}

/** Gives the server of that copy a name of its own: all the test's machines are one computer, and called the same. */
export async function nameServer({ page }: Desktop, serverName: string): Promise<void> {
  const set = await page.evaluate((name) => window.lanyard!.changeSettings({ serverName: name }), serverName)
  if (!set.ok) throw new Error(set.error.message)
}

/** Notes in the report how long something has taken since then. Gives it in ms. */
export function takes(what: string, since: number): number {
  const took = Math.round(performance.now() - since)
  test.info().annotations.push({ type: 'took', description: `${what}: ${took} ms` })
  return took
}
