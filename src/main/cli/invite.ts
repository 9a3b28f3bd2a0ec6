import type { Command } from 'commander'
import { z } from 'zod'
import { formatJoinCode } from '../../shared/joinCode.ts'
import { Room } from '../../shared/model.ts'
import type { CommonOptions, OwnerOptions } from './options.ts'
import { print } from './output.ts'
import { owning, part } from './owner.ts'

const Running = z.object({ server: z.object({ urls: z.array(z.string()) }).nullable() })

/** `lanyard invite`: for rooms of the local tenant, because people come into those of others with a token. */
export function addInviteCommand(program: Command, common: CommonOptions): void {
  program
    .command('invite')
    .description('show the join code of a room, and the links to it while a server runs')
    .argument('<code>', 'its join code, slug or id')
    .addOption(common.dataDir())
    .addOption(common.json())
    .action(async (ref: string, options: OwnerOptions) => {
      const { room, urls } = await owning(options, async (owner) => ({
        room: await owner.get(`/api/v1/rooms/${part(ref)}`, Room),
        urls: (await owner.get('/owner/server', Running)).server?.urls ?? [],
      }))
      const links = urls.map((url) => `${url}/?room=${room.joinCode}`)
      const lines = [`${room.name}: ${formatJoinCode(room.joinCode)}`, ...links]
      if (links.length === 0) lines.push('No server runs here now; while one does, its links are shown too')
      print(options, { name: room.name, code: room.joinCode, links }, `${lines.join('\n')}\n`)
    })
}
