/** What counts as silence and as loud, in dB of full scale. */
const QUIET = -60
const LOUD = -12

/** How loud a microphone is, as the eye follows it: up at once, down slowly. */
export class Level {
  #value = $state(0)

  /** From 0, silence, to 1. */
  get value(): number {
    return this.#value
  }

  /** Measures until the returned function is called. */
  listen(track: MediaStreamTrack): () => void {
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 1024 })
    const samples = new Float32Array(analyser.fftSize)
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    let frame = 0
    const measure = () => {
      analyser.getFloatTimeDomainData(samples)
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
      const decibels = 10 * Math.log10(power + 1e-12)
      const level = Math.min(1, Math.max(0, (decibels - QUIET) / (LOUD - QUIET)))
      this.#value = Math.max(level, this.#value * 0.92)
      frame = requestAnimationFrame(measure)
    }
    measure()

    return () => {
      cancelAnimationFrame(frame)
      this.#value = 0
      void context.close()
    }
  }
}
