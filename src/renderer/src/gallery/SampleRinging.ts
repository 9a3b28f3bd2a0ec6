import { Emitter } from '../../../shared/emitter.ts'
import type { Call, Party, PartyState } from '../../../shared/model.ts'
import type { Bystanders } from '../session/Bystanders.ts'
import type { DirectCall } from '../session/DirectCall.ts'
import type { Ringing } from '../session/Ringing.ts'
import { Toggle } from '../session/Toggle.ts'
import { sampleMember, samplePicture } from './samples.ts'

/** A call of these people, by their number; whoever has called is the first. */
export function sampleCall(
  parties: readonly (readonly [index: number, state: PartyState])[],
  roomId: string | null = 'r0',
): Call {
  const all = parties.map(([index, state]) => {
    const { peerId, userId, name } = sampleMember(index)
    return { id: peerId, userId, name, state }
  })
  const { id, userId, name } = all[0]!
  return { callId: `call${parties.length}`, roomId, from: { id, userId, name }, parties: all, ended: false }
}

/** How far a sample call has come; one is `p0` in it. */
export interface SampleCalls {
  rung?: Call
  in?: Call
  last?: Ringing['last']
  missed?: Ringing['missed']
}

type Acts = Pick<Ringing, 'state' | 'last' | 'missed' | 'ring' | 'answer' | 'hangUp' | 'dismiss' | 'forgetMissed'>

/** Rings and is rung, as far as a picture of the window needs it. */
export class SampleRinging extends Emitter<{ changed: [] }> implements Acts {
  state: Ringing['state'] = { status: 'idle' }
  last: Ringing['last']
  missed: Ringing['missed']
  /** Whom one has rung. */
  readonly rung: (readonly string[])[] = []

  constructor(calls: SampleCalls = {}) {
    super()
    this.last = calls.last ?? null
    this.missed = calls.missed ?? []
    if (calls.rung) this.state = { status: 'rung', call: calls.rung, selfId: 'p0' }
    if (calls.in) this.#enter(calls.in)
  }

  async ring(ids: readonly string[]) {
    this.rung.push(ids)
    this.#enter(sampleCall([[0, 'in'], ...ids.map((id) => [Number(id.slice(1)), 'ringing'] as const)]))
  }

  async answer(accept: boolean) {
    const { state } = this
    if (state.status !== 'rung') return
    if (!accept) return this.#become({ status: 'idle' })
    const parties = state.call.parties.map((party) => (party.id === 'p0' ? { ...party, state: 'in' as const } : party))
    this.#enter({ ...state.call, parties })
  }

  /** Someone calls. */
  ringIn(call: Call): void {
    this.#become({ status: 'rung', call, selfId: 'p0' })
  }

  /** The call that one is rung for is over. */
  miss(call: Call): void {
    this.missed = [{ call, at: Date.now() }, ...this.missed]
    this.#become({ status: 'idle' })
  }

  hangUp() {
    this.#become({ status: 'idle' })
  }

  dismiss() {
    this.last = null
    this.emit('changed')
  }

  forgetMissed(callId: string) {
    this.missed = this.missed.filter(({ call }) => call.callId !== callId)
    this.emit('changed')
  }

  #enter(call: Call): void {
    this.#become({ status: 'in', call, selfId: 'p0', media: this.#media() })
  }

  #become(state: Ringing['state']): void {
    this.state = state
    this.emit('changed')
  }

  #media(): DirectCall {
    const [microphone, camera] = [new Toggle(async (on) => on), new Toggle(async (on) => on)]
    for (const toggle of [microphone, camera]) toggle.on('changed', () => this.emit('changed'))
    microphone.set(true)
    const index = (id: string) => Number(id.slice(1))
    const media: Pick<DirectCall, 'microphone' | 'camera' | 'localTrack' | 'track' | 'connection' | 'sent'> = {
      microphone,
      camera,
      localTrack: (kind) => (kind === 'camera' && camera.actual ? samplePicture(0, 'camera') : null),
      track: (id, kind) => (kind === 'camera' && index(id) % 3 === 0 ? samplePicture(index(id), 'camera') : null),
      connection: (id) => (index(id) === 4 ? 'interrupted' : 'connected'),
      sent: (id) => ({ microphone: index(id) !== 2, camera: index(id) % 3 === 0 }),
    }
    // A sample has a call's shape and not its private parts.
    return media as unknown as DirectCall
  }
}

/** People who can be rung outside of rooms, or none where that is not allowed. */
export class SampleBystanders extends Emitter<{ changed: [] }> implements Pick<Bystanders, 'people' | 'introduce'> {
  readonly people: readonly Party[] | null
  /** By which name one can be called. */
  name: string | null = null

  constructor(people: readonly Party[] | null = null) {
    super()
    this.people = people
  }

  introduce(name: string | null) {
    this.name = name
  }
}
