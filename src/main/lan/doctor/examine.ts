/** Looks at a network: all checks, and who is to blame for what they find. */
import { AppError } from '../../../shared/errors.ts'
import { checkTitles, type Checkup, type CheckName, type CheckResult } from '../../../shared/checkup.ts'
import { readLocalAddresses } from '../localAddresses.ts'
import { certificate } from './certificate.ts'
import type { Check, Observations, OwnServer, Patient, Seen, Target } from './Check.ts'
import { clock } from './clock.ts'
import { connection } from './connection.ts'
import { diagnose, gravest } from './diagnosis.ts'
import { inbound } from './inbound.ts'
import { interfaces } from './interfaces.ts'
import { link } from './link.ts'
import { mediaTcp, mediaUdp } from './media.ts'
import { multicast } from './multicast.ts'
import { ports } from './ports.ts'
import { remedyFor } from './remedies.ts'
import { route } from './route.ts'
import { server } from './server.ts'

/** What is looked at once, and what for each server. Those of one line go on at once; each knows what the lines before it have seen. */
const ofThisComputer: readonly Check<CheckName>[][] = [[interfaces, ports]]
const ofServer: readonly Check<CheckName>[][] = [
  [connection],
  [route, link, certificate],
  [server],
  [clock, multicast, mediaUdp, mediaTcp, inbound],
]
/** Of those that are seen. */
const MOST_SERVERS = 4

export interface Examination {
  /** The servers that are looked at; none: this computer alone. */
  targets: readonly Target[]
  own: OwnServer
  /** Whether someone asks how this network is, for hosting too, and not only after one server. */
  isGeneral: boolean
  /** Whether a server whose certificate nobody has named is asked anything. */
  mayAskStrangers: boolean
  /** A check begins (`result` null), or has come to its end. */
  tell?: (check: { name: CheckName; server: string | null; result: CheckResult | null }) => void
  platform?: NodeJS.Platform
  now?: () => number
}

/** Never rejects for what a broken network does: that is what it finds. */
export async function examine({
  targets,
  own,
  isGeneral,
  mayAskStrangers,
  tell = () => {},
  platform = process.platform,
  now = Date.now,
}: Examination): Promise<Checkup> {
  const addresses = readLocalAddresses()
  const patient: Patient = { platform, addresses, own, target: null, isGeneral, mayAskStrangers, now }
  const computer: Seen = {}
  const results = await runAll(ofThisComputer, patient, computer, tell)

  // Where there is no server, there is no way to it, and still a network.
  const patients = targets.length === 0 ? [patient] : targets.slice(0, MOST_SERVERS).map((target) => ({ ...patient, target }))
  const examined = await Promise.all(
    patients.map(async (one) => {
      const seen: Seen = { ...computer }
      const found = await runAll(one.target ? ofServer : [[multicast]], one, seen, tell)
      return { patient: one, seen, found, diagnosis: diagnose(one, seen) }
    }),
  )
  const diagnosis = gravest(examined.map((one) => one.diagnosis))
  const worst = examined.find((one) => one.diagnosis === diagnosis)!
  return {
    ok: diagnosis.culprit === null,
    ...diagnosis,
    ...remedyFor(diagnosis, worst.patient, worst.seen),
    checks: [...results, ...examined.flatMap(({ found }) => found)],
  }
}

async function runAll(
  lines: readonly Check<CheckName>[][],
  patient: Patient,
  seen: Seen,
  tell: NonNullable<Examination['tell']>,
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const line of lines)
    results.push(
      ...(await Promise.all(
        line.map(async (check) => {
          const about = { name: check.name, server: patient.target?.name ?? null }
          tell({ ...about, result: null })
          const result = await run(check, patient, seen)
          tell({ ...about, result })
          return result
        }),
      )),
    )
  return results
}

async function run(check: Check<CheckName>, patient: Patient, seen: Seen): Promise<CheckResult> {
  const { name } = check
  const about = { name, server: patient.target?.name ?? null }
  const began = performance.now()
  const tookMs = () => Math.round(performance.now() - began)
  try {
    const observed = await check.probe(patient, seen)
    if (observed === null) return { ...about, status: 'skipped', detail: check.skipped, tookMs: tookMs() }
    Object.assign(seen, { [name]: observed } satisfies Partial<Record<CheckName, Observations[CheckName]>>)
    return { ...about, ...check.judge(observed, patient), tookMs: tookMs() }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    if (name === 'server') seen.serverError = thrown.code
    const status = name === 'server' ? 'failed' : 'skipped'
    return { ...about, status, detail: `${thrown.message}.`, tookMs: tookMs() }
  }
}

/** All that was found, as text for people to hand on. */
export function readable({ summary, steps, checks }: Checkup): string {
  const signs = { ok: 'ok     ', warning: 'note   ', failed: 'FAILED ', skipped: 'skipped' } as const
  const servers = new Set(checks.flatMap(({ server }) => server ?? []))
  const of = (server: string | null) => (server === null || servers.size === 1 ? '' : ` (${server})`)
  const lines = checks.map((check) => `${signs[check.status]}  ${checkTitles[check.name]}${of(check.server)}: ${check.detail}`)
  return [...lines, '', summary, ...steps.map((step) => `- ${step}`), ''].join('\n')
}
