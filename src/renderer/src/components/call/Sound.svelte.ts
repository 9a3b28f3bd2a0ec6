/** Voices that the browser does not play until someone has touched the page. */
export class Sound {
  #silent = $state.raw<readonly HTMLMediaElement[]>([])

  get isBlocked(): boolean {
    return this.#silent.length > 0
  }

  block(element: HTMLMediaElement): void {
    this.#silent = [...this.#silent, element]
  }

  /** To be called from a click. */
  unblock(): void {
    const silent = this.#silent
    this.#silent = []
    for (const element of silent) element.play().catch(() => this.block(element))
  }
}
