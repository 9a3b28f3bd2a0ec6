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

export async function launchNeighbour(
  name: string,
  look: Look,
  machine: Machine,
  options: DesktopOptions = {},
): Promise<Neighbour> {
  const desktop = await Desktop.launch({ machine, host: '::', ...looks[look], ...options })
  const person = Person.at(name, desktop)
  await person.page.getByRole('textbox', { name: 'Your name' }).fill(name)
  return { desktop, person }
}

/** Gives the server of that copy a name of its own: all the test's machines are one computer, and called the same. */
export async function nameServer({ page }: Desktop, serverName: string): Promise<void> {
  const set = await page.evaluate((name) => window.lanyard!.changeSettings({ serverName: name }), serverName)
  if (!set.ok) throw new Error(set.error.message)
}
