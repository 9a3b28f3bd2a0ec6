/** `npm run bench -- [P1 P2 …] [--pairs 7] [--quick]`: measures the rows, prints a table, keeps the raw samples. */
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, release } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compare, judge } from './harness/compare.ts'
import { table, type Result } from './harness/table.ts'
import { appStart } from './rows/appStart.ts'
import { burstOfJoins } from './rows/burstOfJoins.ts'
import { durableChat } from './rows/durableChat.ts'
import { fanOut } from './rows/fanOut.ts'
import { spacedJoins } from './rows/spacedJoins.ts'

const rows = [fanOut, durableChat, spacedJoins, burstOfJoins, appStart]
const resultsDir = join(import.meta.dirname, 'results')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const pairs = Number(values.pairs ?? (values.quick ? 2 : 7))
const unknown = positionals.filter((id) => !rows.some((row) => row.id === id))
if (unknown.length > 0 || !Number.isInteger(pairs) || pairs < 1) {
  process.stderr.write(
    `bench: ${unknown.length > 0 ? `there is no row ${unknown.join(', ')}` : '--pairs takes a whole number'}\n`,
  )
  process.exit(2)
}
if (process.platform !== 'linux') {
  process.stderr.write('bench: CPU time is read from /proc, which only Linux has\n')
  process.exit(1)
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  system: `Linux ${release()}`,
  node: process.version,
}
const results: Result[] = []
await mkdir(resultsDir, { recursive: true })
for (const row of rows.filter(({ id }) => positionals.length === 0 || positionals.includes(id))) {
  const started = new Date().toISOString()
  const cases = []
  for (const subject of row.cases(values.quick)) {
    const rounds = await compare(subject, pairs, (done) =>
      process.stderr.write(`${row.id} ${subject.name}: ${done} of ${pairs}\n`),
    )
    const outcomes = subject.metrics.map((metric) => judge(metric, rounds))
    results.push({ row, name: subject.name, outcomes })
    cases.push({ name: subject.name, outcomes, rounds })
  }
  const { id, about, reference } = row
  const file = join(resultsDir, `${started.slice(0, 16).replace(':', '')}-${id}.json`)
  await writeFile(
    file,
    `${JSON.stringify({ id, about, reference, started, machine, pairs, quick: values.quick, cases }, null, 2)}\n`,
  )
}
process.stdout.write(table(results))
// A bar that is missed is a finding; a run that cannot tell is a failure.
if (results.some(({ outcomes }) => outcomes.some(({ verdict }) => verdict === 'void'))) process.exitCode = 1
