/** The doctor in networks that are broken in one way each: it names what is broken, and says that all is well where nothing is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { whyNoNetworks } from '../support/lan/Network.ts'
import { onNetworks } from '../support/lan/networks.ts'
import { brokenNetworks, type BrokenNetwork } from './brokenNetworks.ts'
import { examineBroken, startAll } from './clinic.ts'

/** Each waits more than it works. */
const atOnce = 5
/** For a busy machine; in ms. */
const patience = 90_000
const runs = startAll(whyNoNetworks === null ? brokenNetworks : [], atOnce, examineBroken)

for (const one of brokenNetworks) {
  const { broken } = one
  onNetworks(
    `F64: it says what is wrong where it is this: ${broken}`,
    async () => {
      const { checkup, code } = await runs.get(one)!
      const { ok, culprit, sureness, steps, checks } = checkup
      expect({ culprit, sureness }, JSON.stringify(checkup, null, 1)).toEqual({ culprit: one.culprit, sureness: one.sureness })
      expect({ ok, code }).toEqual(one.culprit === null ? { ok: true, code: 0 } : { ok: false, code: 1 })
      expect(steps.length > 0).toBe(one.culprit !== null || one.sureness === 'possible')
      expect(checks.some(({ status }) => status === 'failed') || one.culprit === 'inbound').toBe(one.culprit !== null)
    },
    patience,
  )
}

onNetworks(
  'F64: docs/doctor.md has the table of what was seen here',
  async () => {
    const rows = await Promise.all(brokenNetworks.map(rowOf))
    const page = readFileSync(join(import.meta.dirname, '../../docs/doctor.md'), 'utf8')
    const [, table = ''] = /<!-- seen -->\n\n([\s\S]*?)\n\n<!-- end -->/.exec(page) ?? []
    expect(table).toBe(['| What is broken | The culprit | How sure | What it says |', '|---|---|---|---|', ...rows].join('\n'))
  },
  patience,
)

async function rowOf(one: BrokenNetwork): Promise<string> {
  const { culprit, sureness, summary } = (await runs.get(one)!).checkup
  return `| ${one.broken} | ${culprit === null ? 'none' : `\`${culprit}\``} | ${sureness} | ${summary} |`
}
