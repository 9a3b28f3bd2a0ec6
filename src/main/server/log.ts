import { pino } from 'pino'

/** pino's; secrets never go in, neither do names or what people say. */
export type Logger = pino.Logger

export const silent: Logger = pino({ level: 'silent' })
