import { part } from '../core.mjs'

/** On Linux there is next to nothing of it; what other platforms have is undefined there, so that `?.()` works. */
export const systemPreferences = part('systemPreferences', {
  getMediaAccessStatus: undefined,
  askForMediaAccess: undefined,
  getAnimationSettings: () => ({
    shouldRenderRichAnimation: true,
    scrollAnimationsEnabledBySystem: true,
    prefersReducedMotion: false,
  }),
})
