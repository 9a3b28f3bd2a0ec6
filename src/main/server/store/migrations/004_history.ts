import type { Migration } from './index.ts'

/** Where a room's days begin, and a person's way through rooms. */
export const history: Migration = {
  up: `
    ALTER TABLE rooms ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
    CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id, connected_at);
  `,
  down: `
    DROP INDEX sessions_by_user;
    ALTER TABLE rooms DROP COLUMN time_zone;
  `,
}
