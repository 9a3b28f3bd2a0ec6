import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import type { Tier } from './config.ts'
import { minutesSince } from './store/history.ts'
import { countRooms } from './store/rooms.ts'
import type { Store } from './store/Store.ts'
import { changeTenant, listTenants, tenantById, type Tenant, type TenantChange } from './store/tenants.ts'

import { Turns } from './Turns.ts'

/** How long a sum of minutes is taken for the present one, in ms: nobody can use up much meanwhile. */
const MINUTES_GOOD_FOR_MS = 30_000

/** What each tier lets a tenant have; `standard` is for those whose own is none of them. */
type Tiers = Readonly<Record<string, Tier>>

/** Which of its limits a tenant has reached. */
export type Limit = keyof Tier

/** The tenants of a server: whether they are switched on, and how much their tiers let them have. */
export class Tenants extends Emitter<{ changed: [Tenant] }> {
  readonly #store: Store
  readonly #tiers: Tiers | null
  readonly #known = new Map<string, Tenant>()
  /** One room of a tenant is made after the other, so that each is counted. */
  readonly #making = new Map<string, Turns>()
  readonly #minutes = new Map<string, { used: number; readAt: number }>()

  /** `tiers` is null where no server runs, so that nobody has said what they are. */
  constructor(store: Store, tiers: Tiers | null) {
    super()
    this.#store = store
    this.#tiers = tiers
  }

  /** Throws `forbidden` where there is no such tenant, or it is switched off. */
  async requireActive(id: string): Promise<Tenant> {
    const tenant = await tenantById(this.#store, id)
    if (tenant) this.#known.set(id, tenant)
    if (!tenant?.active) throw new AppError('forbidden', 'The rooms of this tenant are switched off; ask whoever runs the server')
    return tenant
  }

  async isActive(id: string): Promise<boolean> {
    return this.requireActive(id).then(
      () => true,
      () => false,
    )
  }

  /** Sets what is given. Throws `tenantNotFound`, and `badRequest` for a tier that the server was not told of. */
  async change(id: string, change: TenantChange): Promise<Tenant> {
    if (change.tier !== undefined && this.#tiers && !this.#names(change.tier)) {
      const known = Object.keys(this.#tiers).join(', ')
      throw new AppError('badRequest', `There is no tier ${change.tier}; this server has ${known}`, { details: { path: 'tier' } })
    }
    const tenant = await changeTenant(this.#store, id, change)
    if (!tenant) throw new AppError('tenantNotFound', `There is no tenant ${id}`)
    this.#known.set(id, tenant)
    this.emit('changed', tenant)
    return tenant
  }

  /** Whether so many people are all that may be in the rooms of a tenant at once. */
  isFull(id: string, present: number): boolean {
    const { people } = this.#tierOf(this.#known.get(id))
    return people !== null && present >= people
  }

  /** Makes a room where there may be one more. Of many who ask at once none gets one too many. Throws `limitReached`. */
  async makeRoom<T>(id: string, make: () => Promise<T>): Promise<T> {
    const { rooms } = this.#tierOf(await this.requireActive(id))
    if (rooms === null) return make()
    const turns = this.#making.get(id) ?? new Turns()
    this.#making.set(id, turns)
    return turns.run(async () => {
      if ((await countRooms(this.#store, id)) >= rooms) throw reached('rooms', rooms)
      return make()
    })
  }

  /** Throws `limitReached` where this month's minutes of all people are used up, `forbidden` for one that is switched off. */
  async requireMinutes(id: string): Promise<void> {
    const { minutes } = this.#tierOf(await this.requireActive(id))
    if (minutes !== null && (await this.#minutesUsed(id)) >= minutes) throw reached('minutes', minutes)
  }

  /** What a tenant may have, and what it has. Null is without a limit. */
  async usage(tenant: Tenant, present: number): Promise<Record<Limit, { used: number; most: number | null }>> {
    const { rooms, people, minutes } = this.#tierOf(tenant)
    return {
      rooms: { used: await countRooms(this.#store, tenant.id), most: rooms },
      people: { used: present, most: people },
      // Whole ones: the limit counts the rest as well.
      minutes: { used: Math.floor(await this.#minutesUsed(tenant.id)), most: minutes },
    }
  }

  /** Those whose tier the configuration does not name: they have the limits of `standard`. */
  async withUnknownTier(): Promise<Tenant[]> {
    return (await listTenants(this.#store)).filter(({ tier }) => !this.#names(tier))
  }

  #names(tier: string): boolean {
    return this.#tiers !== null && Object.hasOwn(this.#tiers, tier)
  }

  #tierOf(tenant: Tenant | undefined): Tier {
    // One that the configuration does not name has those of `standard`; the log says so at the start.
    const tier = tenant && this.#names(tenant.tier) ? tenant.tier : 'standard'
    return this.#tiers?.[tier] ?? WITHOUT_LIMITS
  }

  async #minutesUsed(id: string): Promise<number> {
    const now = new Date()
    const known = this.#minutes.get(id)
    if (known && Math.abs(now.getTime() - known.readAt) < MINUTES_GOOD_FOR_MS) return known.used
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())).toISOString()
    const used = await minutesSince(this.#store, id, month, now.toISOString())
    this.#minutes.set(id, { used, readAt: now.getTime() })
    return used
  }
}

const WITHOUT_LIMITS: Tier = { rooms: null, people: null, minutes: null }

const sentences: Record<Limit, (most: number) => string> = {
  rooms: (most) => `There may be ${most} rooms here, and there are; delete one first`,
  people: (most) => `All ${most} places of this tenant are taken; come again when someone has left`,
  minutes: (most) => `The ${most} minutes of this month are used up; new people come in again next month`,
}

export function reached(limit: Limit, most: number): AppError {
  return new AppError('limitReached', sentences[limit](most), { details: { limit, most } })
}
