import { z } from 'zod'

/** How to let others through a firewall, for whoever owns the machine. */
export const FirewallAdvice = z.object({
  /** What it is called. */
  name: z.string(),
  /** What it may do, and what opens it, in a sentence or two. */
  sentence: z.string(),
  /** What to enter in a terminal, a line each; none where it is done in the system's settings. */
  commands: z.array(z.string()),
})
export type FirewallAdvice = z.infer<typeof FirewallAdvice>
