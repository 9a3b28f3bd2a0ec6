/** A soft double note that comes again: Hertz, and seconds from the beginning of a round. */
const NOTES = [
  { hertz: 587, at: 0 },
  { hertz: 784, at: 0.22 },
  { hertz: 587, at: 0.6 },
  { hertz: 784, at: 0.82 },
] as const
const NOTE_SECONDS = 0.35
const ROUND_MS = 2_400
const LOUDNESS = 0.16

/** Chromium's, not yet in the DOM library: https://webaudio.github.io/web-audio-api/#dom-audiocontext-setsinkid */
type WithSink = AudioContext & { setSinkId?: (deviceId: string) => Promise<void> }

/** Rings on this speaker, null being the system's choice, until the returned function is called. */
export function startRingTone(deviceId: string | null): () => void {
  const context: WithSink = new AudioContext()
  if (deviceId !== null)
    context.setSinkId?.(deviceId).catch(() => {
      // It was pulled out: the system's choice rings as well.
    })
  const play = () => {
    for (const { hertz, at } of NOTES) playNote(context, hertz, context.currentTime + at)
  }
  play()
  const timer = setInterval(play, ROUND_MS)
  return () => {
    clearInterval(timer)
    void context.close()
  }
}

function playNote(context: AudioContext, hertz: number, start: number): void {
  const volume = new GainNode(context, { gain: 0 })
  volume.gain.setValueAtTime(0.001, start)
  volume.gain.exponentialRampToValueAtTime(LOUDNESS, start + 0.03)
  volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS)
  const note = new OscillatorNode(context, { frequency: hertz, type: 'triangle' })
  note.connect(volume).connect(context.destination)
  note.start(start)
  note.stop(start + NOTE_SECONDS)
}
