/** Two soft notes, a fifth apart: pleasant, and easy to hear. Hertz, and seconds from the start. */
const NOTES = [
  { hertz: 440, at: 0 },
  { hertz: 660, at: 0.3 },
] as const
const NOTE_SECONDS = 0.5

/** Chromium's, not yet in the DOM library: https://webaudio.github.io/web-audio-api/#dom-audiocontext-setsinkid */
type WithSink = AudioContext & { setSinkId?: (deviceId: string) => Promise<void> }

/** Plays the notes on this speaker, null being the system's choice. Resolves when they are over. */
export async function playTestTone(deviceId: string | null): Promise<void> {
  const context: WithSink = new AudioContext()
  try {
    if (deviceId !== null) await context.setSinkId?.(deviceId)
    await Promise.all(NOTES.map(({ hertz, at }) => playNote(context, hertz, context.currentTime + at)))
  } finally {
    await context.close()
  }
}

function playNote(context: AudioContext, hertz: number, start: number): Promise<unknown> {
  const volume = new GainNode(context, { gain: 0 })
  volume.gain.setValueAtTime(0.001, start)
  volume.gain.exponentialRampToValueAtTime(0.25, start + 0.03)
  volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS)
  const note = new OscillatorNode(context, { frequency: hertz })
  note.connect(volume).connect(context.destination)
  note.start(start)
  note.stop(start + NOTE_SECONDS)
  return new Promise((resolve) => note.addEventListener('ended', resolve))
}
