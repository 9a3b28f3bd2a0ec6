import { Option, type Command } from 'commander'
import { z } from 'zod'
import { PastSession } from '../../shared/model.ts'
import { wholeNumber, type CommonOptions, type TenantOptions } from './options.ts'
import { print, table } from './output.ts'
import { owning, part } from './owner.ts'

const Page = z.object({ sessions: z.array(PastSession), cursor: z.string().nullable() })

/** `lanyard session list` */
export function addSessionCommands(program: Command, common: CommonOptions): void {
  program
    .command('session')
    .description('who was in a room, from when until when')
    .command('list')
    .description('show the sessions of a room, the latest first')
    .argument('<room>', 'its id, slug or join code')
    .addOption(new Option('--limit <number>', 'how many').argParser(wholeNumber(1, 500)).default(100))
    .addOption(common.tenant())
    .addOption(common.dataDir())
    .addOption(common.json())
    .action(async (room: string, { limit, ...options }: TenantOptions & { limit: number }) => {
      const path = `/api/v1/rooms/${part(room)}/sessions?limit=${limit}`
      const { sessions } = await owning(options, (owner) => owner.get(path, Page, options))
      const rows = sessions.map(({ name, userId, connectedAt, disconnectedAt }) => [
        ...[connectedAt, disconnectedAt ?? 'still here', name, userId],
      ])
      print(options, { sessions }, table(['from', 'until', 'name', 'user'], rows, 'Nobody was in this room yet'))
    })
}
