/** The tables as Kysely sees them. What they mean, and their constraints, stands in migrations/. */
import type { Generated } from 'kysely'
import type { Room } from '../../../shared/model.ts'
import type { Role } from '../../../shared/roles.ts'

/** SQLite has no booleans. */
type Flag = 0 | 1
/** ISO 8601, UTC, with milliseconds, so that text order is time order. */
type Time = string

export interface Tables {
  tenants: {
    id: string
    name: string
    tier: Generated<string>
    active: Generated<Flag>
    created_at: Time
  }
  api_keys: {
    id: string
    tenant_id: string
    name: string
    hash: string
    created_at: Time
    used_at: Time | null
    revoked_at: Time | null
  }
  tokens: {
    id: string
    tenant_id: string
    room_id: string
    user_name: string
    hash: string
    /** A JSON object. */
    permissions: string
    single_use: Flag
    created_at: Time
    expires_at: Time
    used_at: Time | null
    revoked_at: Time | null
    key_number: number
  }
  rooms: {
    id: string
    tenant_id: string
    name: string
    slug: string | null
    join_code: string
    description: string
    host_user_id: string | null
    host_name: string | null
    visibility: Room['visibility']
    max_peers: number
    empty_ttl: number | null
    topology: Room['topology']
    time_zone: string
    /** A JSON object. */
    schedule: string | null
    admission: Room['admission']
    locked: Flag
    password_hash: string | null
    /** JSON objects. */
    media_limits: string
    metadata: string
    version: Generated<number>
    delete_at: Time | null
    closed_at: Time | null
    created_at: Time
    updated_at: Time
  }
  bans: {
    room_id: string
    user_id: string
    device_hash: string | null
    name: string
    banned_at: Time
    by_name: string
  }
  audit: {
    id: string
    tenant_id: string
    room_id: string
    at: Time
    act: string
    actor_kind: 'person' | 'key' | 'owner' | 'server'
    actor_id: string | null
    actor_name: string
    subject_id: string | null
    subject_name: string | null
    /** A JSON object. */
    details: string
  }
  templates: {
    id: string
    tenant_id: string
    user_id: string
    name: string
    /** A JSON object. */
    settings: string
    created_at: Time
  }
  users: {
    id: string
    tenant_id: string
    device_hash: string | null
    name: string
    created_at: Time
    seen_at: Time
  }
  room_members: {
    id: Generated<number>
    room_id: string
    user_id: string
    role: Role
    joined_at: Time
  }
  presence: {
    peer_id: string
    room_id: string
    user_id: string
    session_id: string
    name: string
    microphone: Flag
    camera: Flag
    screen: Flag
    joined_at: Time
  }
  sessions: {
    id: string
    tenant_id: string
    room_id: string
    user_id: string
    peer_id: string
    user_name: string
    connected_at: Time
    disconnected_at: Time | null
    address: string | null
    token_id: string | null
    /** A JSON object. */
    metadata: Generated<string>
  }
  messages: {
    id: Generated<number>
    room_id: string
    user_id: string
    peer_id: string
    user_name: string
    client_message_id: string
    text: string
    sent_at: Time
    repeats: Generated<number>
  }
  resumes: {
    peer_id: string
    hash: string
    previous_hash: string | null
    room_id: string
    user_id: string
    device_hash: string | null
    name: string
    role: Role
    microphone: Flag
    camera: Flag
    screen: Flag
    session_id: string
    joined_at: Time
    /** A JSON object. */
    permissions: string | null
    token_id: string | null
  }
}
