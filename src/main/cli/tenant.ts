import { InvalidArgumentError, Option, type Command } from 'commander'
import { z } from 'zod'
import { Timestamp } from '../../shared/model.ts'
import type { CommonOptions, OwnerOptions } from './options.ts'
import { fail, print, table, warn } from './output.ts'
import { owning, part } from './owner.ts'

const Tenant = z.object({ id: z.string(), name: z.string(), tier: z.string(), active: z.boolean(), createdAt: Timestamp })
const Tenants = z.object({ tenants: z.array(Tenant) })
const Running = z.object({ server: z.object({}).nullable() })

/** `lanyard tenant …` */
export function addTenantCommands(program: Command, common: CommonOptions): void {
  const tenant = program.command('tenant').description('whose rooms there are; `key create` makes them')
  const command = (name: string, about: string) =>
    tenant.command(name).description(about).addOption(common.dataDir()).addOption(common.json())

  command('list', 'show the tenants, their tiers, and whether they are switched on').action(async (options: OwnerOptions) => {
    const found = await owning(options, (owner) => owner.get('/owner/tenants', Tenants))
    print(options, found, shown(found.tenants))
  })

  command('set', 'change a tenant; one that is switched off has nobody in its rooms')
    .argument('<id>', 'as `tenant list` shows it')
    .addOption(new Option('--name <text>', 'what it is called'))
    .addOption(new Option('--tier <name>', 'which limits it has, of the tiers that the server’s settings name'))
    .addOption(new Option('--active <yes|no>', 'whether its keys, tokens and rooms are good').argParser(yesOrNo))
    .action(async (id: string, { name, tier, active, ...options }: OwnerOptions & Partial<z.infer<typeof Tenant>>) => {
      const body = { name, tier, active }
      if (Object.values(body).every((value) => value === undefined))
        fail('There is nothing to set', 'give --name, --tier or --active', 2)
      const { changed, isServed } = await owning(options, async (owner) => ({
        changed: Tenant.parse(await (await owner.request('PATCH', `/owner/tenants/${part(id)}`, { body })).json()),
        isServed: (await owner.get('/owner/server', Running)).server !== null,
      }))
      print(options, changed, shown([changed]))
      if (tier !== undefined && !isServed)
        warn(
          `No server runs here, so nobody knows whether there is a tier ${tier}; without one, ${id} has the limits of standard`,
        )
    })
}

function shown(tenants: readonly z.infer<typeof Tenant>[]): string {
  const rows = tenants.map(({ id, name, tier, active }) => [id, name, tier, active ? 'on' : 'off'])
  return table(['id', 'name', 'tier', 'state'], rows, 'There are no tenants')
}

function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('Say yes or no.')
  return text === 'yes'
}
