import type { Command } from 'commander'
import { renderUnicodeCompact } from 'uqr'
import { z } from 'zod'
import { Fingerprint } from '../../shared/fingerprint.ts'
import { formatJoinCode } from '../../shared/joinCode.ts'
import { Room } from '../../shared/model.ts'
import { linksTo } from '../../shared/roomLink.ts'
import type { CommonOptions, OwnerOptions } from './options.ts'
import { print } from './output.ts'
import { owning, part } from './owner.ts'

const Running = z.object({
  server: z.object({ urls: z.array(z.string()), fingerprint: Fingerprint.nullable() }).nullable(),
})

/** `lanyard invite`: for rooms of the local tenant, because people come into those of others with a token. */
export function addInviteCommand(program: Command, common: CommonOptions): void {
  program
    .command('invite')
    .description('show the join code of a room, and the links to it while a server runs')
    .argument('<code>', 'its join code, slug or id')
    .addOption(common.dataDir())
    .addOption(common.json())
    .action(async (ref: string, options: OwnerOptions) => {
      const { room, server } = await owning(options, async (owner) => ({
        room: await owner.get(`/api/v1/rooms/${part(ref)}`, Room),
        server: (await owner.get('/owner/server', Running)).server,
      }))
      const links = server && linksTo(room, server)
      const lines = [`${room.name}: ${formatJoinCode(room.joinCode)}`]
      if (!links) lines.push('No server runs here now; while one does, its links are shown too')
      else lines.push(links.web, links.app, ...(links.isLocal ? [ONLY_HERE] : ['', qrCode(links.web)]))
      const value = { name: room.name, code: room.joinCode, links: links ? [links.web, links.app] : [] }
      print(options, value, `${lines.join('\n')}\n`)
    })
}

const ONLY_HERE = 'The server is open to this computer only, and so the links lead nowhere on others'

/** Its light modules are drawn, so where colours are shown they are set: the code is to be dark on light in any terminal. */
function qrCode(text: string): string {
  const lines = renderUnicodeCompact(text, { ecc: 'M', border: 4 })
  return process.stdout.isTTY ? lines.replace(/^.+$/gm, '\x1b[97;40m$&\x1b[0m') : lines
}
