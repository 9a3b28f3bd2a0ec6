import type { Migration } from './index.ts'

/** Who is let into a room, who has done what in it, and when an empty one is deleted. */
export const admission: Migration = {
  up: `
    ALTER TABLE rooms ADD COLUMN admission TEXT NOT NULL DEFAULT 'open' CHECK (admission IN ('open', 'lobby'));
    ALTER TABLE rooms ADD COLUMN locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1));
    ALTER TABLE rooms ADD COLUMN password_hash TEXT;
    ALTER TABLE rooms ADD COLUMN media_limits TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(media_limits));
    ALTER TABLE rooms ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata));
    ALTER TABLE rooms ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
    -- When a room that is kept for a time only is deleted; null while someone is in it, and for one that is kept.
    ALTER TABLE rooms ADD COLUMN delete_at TEXT;
    CREATE INDEX rooms_to_delete ON rooms (delete_at) WHERE delete_at IS NOT NULL;

    CREATE TABLE bans (
      room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
      user_id TEXT NOT NULL,
      device_hash TEXT,
      name TEXT NOT NULL,
      banned_at TEXT NOT NULL,
      by_name TEXT NOT NULL,
      PRIMARY KEY (room_id, user_id)
    ) STRICT;
    CREATE INDEX bans_by_device ON bans (room_id, device_hash) WHERE device_hash IS NOT NULL;

    -- Who has done what. It outlives its room.
    CREATE TABLE audit (
      id TEXT NOT NULL PRIMARY KEY,
      tenant_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      at TEXT NOT NULL,
      act TEXT NOT NULL,
      actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'key', 'owner', 'server')),
      actor_id TEXT,
      actor_name TEXT NOT NULL,
      subject_id TEXT,
      subject_name TEXT,
      details TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details))
    ) STRICT;
    CREATE INDEX audit_by_room ON audit (tenant_id, room_id, at);
  `,
  down: `
    DROP TABLE audit;
    DROP TABLE bans;
    DROP INDEX rooms_to_delete;
    ALTER TABLE rooms DROP COLUMN delete_at;
    ALTER TABLE rooms DROP COLUMN version;
    ALTER TABLE rooms DROP COLUMN metadata;
    ALTER TABLE rooms DROP COLUMN media_limits;
    ALTER TABLE rooms DROP COLUMN password_hash;
    ALTER TABLE rooms DROP COLUMN locked;
    ALTER TABLE rooms DROP COLUMN admission;
  `,
}
