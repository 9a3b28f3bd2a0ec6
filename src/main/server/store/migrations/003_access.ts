import type { Migration } from './index.ts'

/** Whose rooms they are, and with what one comes to them: keys for programs, tokens for people. */
export const access: Migration = {
  up: `
    CREATE TABLE tenants (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      tier TEXT NOT NULL DEFAULT 'standard',
      active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
      created_at TEXT NOT NULL
    ) STRICT;
    INSERT INTO tenants (id, name, created_at) VALUES ('local', 'Local', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

    -- Hashed: the key itself is shown once.
    CREATE TABLE api_keys (
      id TEXT NOT NULL PRIMARY KEY,
      tenant_id TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE,
      name TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE,
      created_at TEXT NOT NULL,
      used_at TEXT,
      revoked_at TEXT
    ) STRICT;
    CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id, created_at);

    -- Every token that was given out and is good for a room that there is; id is its jti.
    CREATE TABLE tokens (
      id TEXT NOT NULL PRIMARY KEY,
      tenant_id TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE,
      room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
      user_name TEXT NOT NULL,
      hash TEXT NOT NULL,
      permissions TEXT NOT NULL CHECK (json_valid(permissions)),
      single_use INTEGER NOT NULL CHECK (single_use IN (0, 1)),
      created_at TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      used_at TEXT,
      revoked_at TEXT,
      key_number INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX tokens_by_room ON tokens (room_id);
    CREATE INDEX tokens_by_end ON tokens (expires_at);

    -- What the token of a seat allows, for whoever takes the seat back; null for a seat that was taken without one.
    ALTER TABLE resumes ADD COLUMN permissions TEXT CHECK (json_valid(permissions));
    ALTER TABLE resumes ADD COLUMN token_id TEXT;

    DROP INDEX rooms_listed;
    CREATE INDEX rooms_listed ON rooms (tenant_id, created_at, id) WHERE visibility = 'public' AND closed_at IS NULL;
    CREATE INDEX rooms_by_tenant ON rooms (tenant_id, created_at, id);
  `,
  down: `
    DROP INDEX rooms_by_tenant;
    DROP INDEX rooms_listed;
    CREATE INDEX rooms_listed ON rooms (created_at, id) WHERE visibility = 'public' AND closed_at IS NULL;
    ALTER TABLE resumes DROP COLUMN token_id;
    ALTER TABLE resumes DROP COLUMN permissions;
    DROP TABLE tokens;
    DROP TABLE api_keys;
    DROP TABLE tenants;
  `,
}
