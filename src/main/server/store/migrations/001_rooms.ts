import type { Migration } from './index.ts'

/** Rooms, the people in them, what they say, and who was there when. */
export const rooms: Migration = {
  up: `
    CREATE TABLE rooms (
      id TEXT NOT NULL PRIMARY KEY,
      tenant_id TEXT NOT NULL DEFAULT 'local',
      name TEXT NOT NULL,
      slug TEXT,
      join_code TEXT NOT NULL UNIQUE,
      description TEXT NOT NULL DEFAULT '',
      host_user_id TEXT,
      host_name TEXT,
      visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private')),
      max_peers INTEGER NOT NULL,
      empty_ttl INTEGER,
      topology TEXT NOT NULL CHECK (topology IN ('sfu', 'mesh', 'auto')),
      closed_at TEXT,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      UNIQUE (tenant_id, slug)
    ) STRICT;
    CREATE INDEX rooms_listed ON rooms (created_at, id) WHERE visibility = 'public' AND closed_at IS NULL;

    CREATE TABLE users (
      id TEXT NOT NULL PRIMARY KEY,
      tenant_id TEXT NOT NULL DEFAULT 'local',
      device_hash TEXT,
      name TEXT NOT NULL,
      created_at TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      UNIQUE (tenant_id, device_hash)
    ) STRICT;

    -- Lasting membership, whether here or not.
    CREATE TABLE room_members (
      id INTEGER PRIMARY KEY,
      room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
      user_id TEXT NOT NULL,
      role TEXT NOT NULL,
      joined_at TEXT NOT NULL,
      UNIQUE (room_id, user_id)
    ) STRICT;

    -- Who is here now.
    CREATE TABLE presence (
      peer_id TEXT NOT NULL PRIMARY KEY,
      room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
      user_id TEXT NOT NULL,
      session_id TEXT NOT NULL,
      name TEXT NOT NULL,
      microphone INTEGER NOT NULL CHECK (microphone IN (0, 1)),
      camera INTEGER NOT NULL CHECK (camera IN (0, 1)),
      screen INTEGER NOT NULL CHECK (screen IN (0, 1)),
      joined_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX presence_by_room ON presence (room_id);

    -- Who was here when: history, which outlives its room.
    CREATE TABLE sessions (
      id TEXT NOT NULL PRIMARY KEY,
      tenant_id TEXT NOT NULL DEFAULT 'local',
      room_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      peer_id TEXT NOT NULL,
      user_name TEXT NOT NULL,
      connected_at TEXT NOT NULL,
      disconnected_at TEXT,
      address TEXT,
      token_id TEXT,
      metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata))
    ) STRICT;
    CREATE INDEX sessions_open ON sessions (connected_at) WHERE disconnected_at IS NULL;
    CREATE INDEX sessions_by_room ON sessions (room_id, connected_at);

    -- repeats counts how often the sender has sent it again. It tells a new row from one that was there.
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
      user_id TEXT NOT NULL,
      peer_id TEXT NOT NULL,
      user_name TEXT NOT NULL,
      client_message_id TEXT NOT NULL,
      text TEXT NOT NULL,
      sent_at TEXT NOT NULL,
      repeats INTEGER NOT NULL DEFAULT 0,
      UNIQUE (room_id, user_id, client_message_id)
    ) STRICT;
    -- Within a room by id: an index ends with the rowid, which id is.
    CREATE INDEX messages_by_room ON messages (room_id);

    -- What a seat can be taken back with, and what it was like.
    CREATE TABLE resumes (
      peer_id TEXT NOT NULL PRIMARY KEY,
      hash TEXT NOT NULL,
      previous_hash TEXT,
      room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
      user_id TEXT NOT NULL,
      device_hash TEXT,
      name TEXT NOT NULL,
      role TEXT NOT NULL,
      microphone INTEGER NOT NULL CHECK (microphone IN (0, 1)),
      camera INTEGER NOT NULL CHECK (camera IN (0, 1)),
      screen INTEGER NOT NULL CHECK (screen IN (0, 1)),
      session_id TEXT NOT NULL,
      joined_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX resumes_by_room ON resumes (room_id);
  `,
  down: `
    DROP TABLE resumes;
    DROP TABLE messages;
    DROP TABLE sessions;
    DROP TABLE presence;
    DROP TABLE room_members;
    DROP TABLE users;
    DROP TABLE rooms;
  `,
}
