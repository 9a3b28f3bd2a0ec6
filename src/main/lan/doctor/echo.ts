/**
 * What a server does for whoever looks for the fault of a network: it says its time, announces itself anew, says what it has heard, lets
 * its media port be tried, and connects back. Written once, for both sides.
 */
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { isSameName, serviceType } from '../mdns/service.ts'
import { PinnedAgent, type Endpoint } from '../pinned.ts'

/** Where it is, below the server's origin. */
export const ECHO_PATH = '/api/doctor'

/** Made by whoever asks, to know again what comes of it. */
export const Nonce = z.string().regex(/^[0-9a-f]{16}$/)

/** A question to everyone that nobody answers, and a server looks out for. */
export const questionOf = (nonce: string) => `doctor-${nonce}.${serviceType}`

/** What such a question was made with; null of any other. */
export function nonceIn(question: string): string | null {
  const nonce = Nonce.safeParse(question.slice('doctor-'.length, -serviceType.length - 1))
  return nonce.success && isSameName(question, questionOf(nonce.data)) ? nonce.data : null
}

export const EchoTime = z.object({
  /** In ms since 1970. */
  now: z.number(),
  /** Whether it shows itself by multicast DNS. */
  isDiscoverable: z.boolean(),
  /** The address that it sees the asker at. */
  seenAt: z.string().nullable(),
})

/** A transport that is there for a moment, to be tried with STUN. */
export const MediaTrial = z.object({
  trialId: z.string().max(64),
  usernameFragment: z.string().max(256),
  password: z.string().max(256),
  candidates: z
    .array(z.object({ protocol: z.enum(['udp', 'tcp']), address: z.string().max(255), port: z.int().min(1).max(65_535) }))
    .max(64),
})
export type MediaTrial = z.infer<typeof MediaTrial>

/** Whether something has come that the asker has sent. */
export const Heard = z.object({ heard: z.boolean() })
/** `greeting` is what the asker answers there, so that nobody else's port can be looked at. */
export const ConnectBack = z.object({ port: z.int().min(1_024).max(65_535), greeting: Nonce })
export const Reached = z.object({ reached: z.boolean() })

/** What a server has said of itself, and when. */
export interface EchoAbout extends z.infer<typeof EchoTime> {
  endpoint: Endpoint
  fingerprint: Fingerprint
  /** Before and after, by the clock of this computer; in ms. */
  askedAt: number
  answeredAt: number
}

/** How long an answer may take, in ms. */
const PATIENCE_MS = 5_000
const MOST_BYTES = 100_000

/**
 * Asks a server, and only the one with that certificate. Throws its refusal, `timedOut`, `disconnected`, and `unknownRequest` where it does
 * not answer as a Lanyard server does.
 */
export async function askEcho<S extends z.ZodType>(
  { host, port }: Endpoint,
  fingerprint: Fingerprint,
  [method, path]: readonly ['GET' | 'POST', string],
  schema: S,
  body?: object,
): Promise<z.output<S>> {
  const agent = new PinnedAgent(fingerprint)
  try {
    const { status, said } = await new Promise<{ status: number; said: string }>((resolve, reject) => {
      const asking = request(
        {
          ...{ agent, host, port, method, path: `${ECHO_PATH}${path}` },
          headers: body ? { 'Content-Type': 'application/json' } : {},
          signal: AbortSignal.timeout(PATIENCE_MS),
        },
        (response) => {
          let bytes = 0
          response.on('data', ({ length }: Buffer) => {
            if ((bytes += length) > MOST_BYTES) response.destroy(new Error('the answer is too long'))
          })
          text(response).then((said) => resolve({ status: response.statusCode ?? 0, said }), reject)
        },
      )
      asking.once('error', reject)
      asking.end(body && JSON.stringify(body))
    })
    if (status === 403) throw new AppError('forbidden', 'The server does not do that for this computer')
    if (status === 429) throw new AppError('rateLimited', 'The server was asked too often; wait a minute')
    if (status === 503) throw new AppError('mediaUnavailable', 'The server has no media port at the moment')
    const parsed = status === 200 ? schema.safeParse(readJson(said)) : null
    if (!parsed?.success)
      throw new AppError('unknownRequest', `The answer (${status}) is not one of a Lanyard server of this version`)
    return parsed.data
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof Error && error.name === 'TimeoutError')
      throw new AppError('timedOut', `The server has not answered within ${PATIENCE_MS} ms`)
    throw new AppError('disconnected', error instanceof Error ? error.message : String(error), { cause: error })
  } finally {
    agent.destroy()
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
