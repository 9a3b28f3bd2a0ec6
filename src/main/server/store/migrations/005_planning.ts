import type { Migration } from './index.ts'

/** When a room is open, and settings that are kept for rooms to come. */
export const planning: Migration = {
  up: `
    ALTER TABLE rooms ADD COLUMN schedule TEXT CHECK (json_valid(schedule));

    CREATE TABLE templates (
      id TEXT NOT NULL PRIMARY KEY,
      tenant_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      name TEXT NOT NULL,
      settings TEXT NOT NULL CHECK (json_valid(settings)),
      created_at TEXT NOT NULL,
      UNIQUE (tenant_id, user_id, name)
    ) STRICT;
  `,
  down: `
    DROP TABLE templates;
    ALTER TABLE rooms DROP COLUMN schedule;
  `,
}
