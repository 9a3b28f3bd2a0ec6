import { askEcho, EchoTime, type EchoAbout } from './echo.ts'
import type { Check, Judgement } from './Check.ts'

/** Whether the server answers, and can be asked for more. */
export const server: Check<'server'> = {
  name: 'server',
  skipped: 'The server was not reached, or is not the one that is meant.',
  async probe({ now, mayAskStrangers }, { connection, certificate }) {
    if (!connection || !certificate?.shown) return null
    const { shown: fingerprint, expected } = certificate
    // Nothing is said to another one.
    if (expected === null ? !mayAskStrangers : expected !== fingerprint) return null
    const { host, port } = connection
    const askedAt = now()
    const about = await askEcho({ host, port }, fingerprint, ['GET', ''], EchoTime)
    return { ...about, endpoint: { host, port }, fingerprint, askedAt, answeredAt: now() }
  },
  judge: judgeServer,
}

export function judgeServer({ askedAt, answeredAt }: EchoAbout): Judgement {
  return { status: 'ok', detail: `The server answers, after ${Math.round(answeredAt - askedAt)} ms.` }
}
