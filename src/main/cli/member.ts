import { Option, type Command } from 'commander'
import { z } from 'zod'
import { DisplayName, Id, Membership, type Role } from '../../shared/model.ts'
import { read, type CommonOptions, type TenantOptions } from './options.ts'
import { print, table } from './output.ts'
import { owning, part } from './owner.ts'

const Members = z.object({ members: z.array(Membership) })

/** `lanyard member …` */
export function addMemberCommands(program: Command, common: CommonOptions): void {
  const member = program.command('member').description('who has a lasting place in a room, whether here or not')
  const command = (name: string, about: string) =>
    member
      .command(name)
      .description(about)
      .argument('<room>', 'its id, slug or join code')
      .addOption(common.tenant())
      .addOption(common.dataDir())
      .addOption(common.json())
  const pathOf = (room: string, user: string) => `/api/v1/rooms/${part(room)}/members/${part(user)}`

  command('list', 'show the members of a room').action(async (room: string, options: TenantOptions) => {
    const found = await owning(options, (owner) => owner.get(`/api/v1/rooms/${part(room)}/members`, Members, options))
    const rows = found.members.map(({ userId, name, role, since }) => [userId, name, role, since])
    print(options, found, table(['user', 'name', 'role', 'since'], rows, 'The room has no members'))
  })

  command('add', 'add someone to a room, or give a member another role')
    .argument('<user>', 'the id of the person; after -- where it begins with a dash', read(Id))
    .addOption(new Option('--role <role>', 'what they may do').choices(['cohost', 'speaker', 'listener']).default('speaker'))
    .addOption(new Option('--name <text>', 'what they are called, until they say so themselves').argParser(read(DisplayName)))
    .action(async (room: string, user: string, { role, name, ...options }: TenantOptions & { role: string; name?: string }) => {
      const asked = { tenant: options.tenant, body: { role, name } }
      const added = await owning(options, async (owner) =>
        Membership.parse(await (await owner.request('PUT', pathOf(room, user), asked)).json()),
      )
      print(options, { member: added }, `${added.userId} is ${nameOf(added.role)} now\n`)
    })

  command('remove', 'take a lasting place away; whoever is in the room stays, as anyone else')
    .argument('<user>', 'the id of the person; after -- where it begins with a dash', read(Id))
    .action(async (room: string, user: string, options: TenantOptions) => {
      await owning(options, (owner) => owner.request('DELETE', pathOf(room, user), options))
      print(options, { removed: user }, `removed ${user}\n`)
    })
}

const nameOf = (role: z.infer<typeof Role>) => (role === 'cohost' ? 'a co-host' : `a ${role}`)
