import { Option, type Command } from 'commander'
import { z } from 'zod'
import { Capacity } from '../../shared/capacity.ts'
import type { CommonOptions, OwnerOptions } from './options.ts'
import { print } from './output.ts'
import { owning } from './owner.ts'

const Answer = z.object({ capacity: Capacity.nullable() })

/** `lanyard capacity` */
export function addCapacityCommand(program: Command, common: CommonOptions): void {
  program
    .command('capacity')
    .description('show how many people this machine can hold')
    .addOption(new Option('--measure', 'measure it anew, which takes a second'))
    .addOption(common.dataDir())
    .addOption(common.json())
    .action(async ({ measure, ...options }: OwnerOptions & { measure?: boolean }) => {
      const { capacity } = await owning(options, (owner) =>
        measure ? owner.post('/owner/capacity', Answer, {}) : owner.get('/owner/capacity', Answer),
      )
      print(options, { capacity }, capacity ? sentence(capacity) : 'Not measured yet: lanyard capacity --measure\n')
    })
}

function sentence({ people, inUse, bottleneck, knowsNetwork, measuredAt }: Capacity): string {
  const network = knowsNetwork ? '' : '; how fast its network is, the system does not tell'
  return `About ${people} people, ${inUse} of whom are here. The ${bottleneck} would be short first${network}. Measured on ${measuredAt}.\n`
}
