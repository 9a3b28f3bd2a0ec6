/** The key that a link carries beside a room's join code: whoever shows it was given the link, and guesses nothing. */
import { z } from 'zod'

/** 96 bits, url-safe. */
export const LinkKey = z.string().regex(/^[A-Za-z0-9_-]{16}$/)

/** A room's code with the key of a link, as requests take it: `CODE.KEY`. */
export const keyedCode = (code: string, key: string | null): string => (key === null ? code : `${code}.${key}`)
