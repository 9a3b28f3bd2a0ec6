// Before anything makes a schema: zod compiles them where it may, and asks by trying. The page's policy forbids that, and the
// browser would report it.
import { config } from 'zod'

config({ jitless: true })
