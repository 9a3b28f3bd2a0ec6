import type { Migration } from './index.ts'

const copy = `
    INSERT OR IGNORE INTO users (id, tenant_id, device_hash, name, created_at, seen_at)
      SELECT id, tenant_id, device_hash, name, created_at, seen_at FROM users_before ORDER BY created_at;
    DROP TABLE users_before;
`

/** A person's id is one of their tenant's: programs name their people as they like, and two may use the same name. */
export const users: Migration = {
  up: `
    ALTER TABLE users RENAME TO users_before;
    CREATE TABLE users (
      id TEXT NOT NULL,
      tenant_id TEXT NOT NULL DEFAULT 'local',
      device_hash TEXT,
      name TEXT NOT NULL,
      created_at TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, device_hash)
    ) STRICT;
    ${copy}
  `,
  // Of two with one id, the one who came first stays.
  down: `
    ALTER TABLE users RENAME TO users_before;
    CREATE TABLE users (
      id TEXT NOT NULL PRIMARY KEY,
      tenant_id TEXT NOT NULL DEFAULT 'local',
      device_hash TEXT,
      name TEXT NOT NULL,
      created_at TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      UNIQUE (tenant_id, device_hash)
    ) STRICT;
    ${copy}
  `,
}
