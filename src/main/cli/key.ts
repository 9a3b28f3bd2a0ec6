import { Option, type Command } from 'commander'
import { z } from 'zod'
import { Timestamp } from '../../shared/model.ts'
import { ServerConfig, TenantId } from '../server/index.ts'
import { read, type CommonOptions, type OwnerOptions } from './options.ts'
import { print, table } from './output.ts'
import { owning, part } from './owner.ts'

const Key = z.object({ id: z.string(), tenantId: z.string(), name: z.string(), createdAt: Timestamp })
const NewKey = Key.extend({ key: z.string() })
const Keys = z.object({ keys: z.array(Key.extend({ usedAt: Timestamp.nullable(), revokedAt: Timestamp.nullable() })) })

/** `lanyard key …` */
export function addKeyCommands(program: Command, common: CommonOptions): void {
  const key = program.command('key').description('keys by which programs reach the rooms of a tenant')
  const command = (name: string, about: string) =>
    key.command(name).description(about).addOption(common.dataDir()).addOption(common.json())

  command('create', 'make a key, and show it once')
    .addOption(
      new Option('--tenant <id>', 'whose rooms it reaches; made where there is none').argParser(read(TenantId)).default('local'),
    )
    .addOption(new Option('--name <text>', 'what it is for').argParser(read(ServerConfig.shape.name)).default('key'))
    .action(async ({ tenant, name, ...options }: OwnerOptions & { tenant: string; name: string }) => {
      const asked = { body: { tenantId: tenant, name } }
      const made = await owning(options, (owner) => owner.post('/owner/keys', NewKey, asked), { mayMake: true })
      print(options, made, `${made.key}\n`)
    })

  command('list', 'show which keys there are; the keys themselves are not stored')
    .addOption(new Option('--tenant <id>', 'of one tenant only').argParser(read(TenantId)))
    .action(async ({ tenant, ...options }: OwnerOptions & { tenant?: string }) => {
      const path = `/owner/keys${tenant === undefined ? '' : `?tenant=${tenant}`}`
      const found = await owning(options, (owner) => owner.get(path, Keys))
      const rows = found.keys.map(({ id, tenantId, name, usedAt, revokedAt }) => [
        ...[id, tenantId, name, revokedAt === null ? 'good' : 'revoked', usedAt ?? 'never'],
      ])
      print(options, found, table(['id', 'tenant', 'name', 'state', 'used'], rows, 'There are no keys'))
    })

  command('revoke', 'make a key good for nothing')
    .argument('<id>', 'as `key list` shows it')
    .action(async (id: string, options: OwnerOptions) => {
      await owning(options, (owner) => owner.request('DELETE', `/owner/keys/${part(id)}`))
      print(options, { revoked: id }, `revoked ${id}\n`)
    })
}
