import type { Migration } from './index.ts'

/** How many minutes a tenant has used in a month. */
export const tiers: Migration = {
  up: `
    CREATE INDEX sessions_by_tenant ON sessions (tenant_id, connected_at);
  `,
  down: `
    DROP INDEX sessions_by_tenant;
  `,
}
