/** What is on, of what goes directly between two people. */
export interface Sent {
  microphone: boolean
  camera: boolean
}

/** What two who are in a call tell each other by `relay`: the server hands it over unread. */
export interface CallSignal {
  /** What comes late from another call is none of this one's. */
  callId: string
  description?: RTCSessionDescriptionInit
  candidate?: RTCIceCandidateInit
  sent?: Sent
}

/** Reads what someone has relayed; null where it is no such signal. */
export function readCallSignal(payload: unknown): CallSignal | null {
  if (!isObject(payload) || typeof payload['callId'] !== 'string') return null
  const { callId, description, candidate, sent } = payload
  if (isDescription(description)) return { callId, description }
  if (isObject(candidate) && typeof candidate['candidate'] === 'string') return { callId, candidate }
  if (isObject(sent) && typeof sent['microphone'] === 'boolean' && typeof sent['camera'] === 'boolean')
    return { callId, sent: { microphone: sent['microphone'], camera: sent['camera'] } }
  return null
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isDescription = (value: unknown): value is RTCSessionDescriptionInit =>
  isObject(value) &&
  (value['type'] === 'offer' || value['type'] === 'answer' || value['type'] === 'rollback') &&
  typeof value['sdp'] === 'string'
