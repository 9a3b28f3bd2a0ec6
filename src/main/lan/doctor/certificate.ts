import { formatFingerprint, type Fingerprint } from '../../../shared/fingerprint.ts'
import { shownAt } from '../pinned.ts'
import type { Check, Judgement } from './Check.ts'

/** Whose certificate is there. */
export interface ShownCertificate {
  /** Null where nobody speaks TLS. */
  shown: Fingerprint | null
  /** Null where it is not known. */
  expected: Fingerprint | null
  /** Why there is none: the code of an error, or *silent* where the handshake came to no end. */
  error: string | null
}

export const SILENT = 'silent'

/** Whether it is the server that is meant. Nothing is said to it yet. */
export const certificate: Check<'certificate'> = {
  name: 'certificate',
  skipped: 'Nobody was reached who could show one.',
  async probe({ target }, { connection }) {
    if (!target || connection?.outcome !== 'reached') return null
    const { host, port } = connection
    const expected = target.fingerprint
    try {
      return { shown: (await shownAt({ host, port })).fingerprint, expected, error: null }
    } catch (error) {
      return { shown: null, expected, error: (error as NodeJS.ErrnoException).code ?? SILENT }
    }
  },
  judge: judgeCertificate,
}

export function judgeCertificate({ shown, expected, error }: ShownCertificate): Judgement {
  if (error === SILENT) return { status: 'failed', detail: 'Whoever answers there does not go on with the handshake of TLS.' }
  if (shown === null) return { status: 'failed', detail: `Whoever answers there does not speak TLS (${error}).` }
  if (expected === null)
    return { status: 'ok', detail: `It shows the certificate ${brief(shown)}. Nothing was given to compare it with.` }
  if (shown === expected) return { status: 'ok', detail: 'It shows the certificate that it should.' }
  return { status: 'failed', detail: `It shows the certificate ${brief(shown)}, and ${brief(expected)} was expected.` }
}

/** Enough to tell it from another by eye. */
const brief = (fingerprint: Fingerprint) => `${formatFingerprint(fingerprint).slice(0, 23)}…`
