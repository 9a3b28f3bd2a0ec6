/** Where a server is, unless it is told otherwise. */

/** TCP: pages and signaling. */
export const USUAL_PORT = 4433
/** UDP and TCP: media, one for each worker. */
export const USUAL_MEDIA_PORTS = { min: 44_400, max: 44_499 } as const
