import { RoomSettings, type Room, type Template } from '../../../shared/model.ts'
import {
  moveUp,
  newScheduleDraft,
  scheduleDraftOf,
  scheduleErrorsIn,
  scheduleOf,
  type ScheduleDraft,
  type ScheduleErrors,
} from './scheduleDraft.ts'

/** How long a room is kept after the last one leaves: not at all, for some time, or for good. */
export const keptUnits = ['atOnce', 'minutes', 'hours', 'days', 'forGood'] as const
export type KeptUnit = (typeof keptUnits)[number]

/** What a form about a room holds while someone writes in it: numbers as they are typed. */
export interface RoomDraft extends ScheduleDraft {
  name: string
  description: string
  /** Its name in links; empty for none. */
  slug: string
  isListed: boolean
  hasLobby: boolean
  isLocked: boolean
  /** A new one; empty leaves it as it is. */
  password: string
  removesPassword: boolean
  /** Empty for no limit. */
  places: string
  keptUnit: KeptUnit
  keptCount: string
  microphone: boolean
  camera: boolean
  screen: boolean
}

export type DraftErrors = Partial<Record<'name' | 'slug' | 'places' | 'kept', string>> & ScheduleErrors

/** Seconds. */
const UNITS = { minutes: 60, hours: 3_600, days: 86_400 } as const
const MOST_DAYS = 366
const MOST_PLACES = 10_000

export const newRoomDraft = (): RoomDraft => ({
  name: '',
  description: '',
  slug: '',
  isListed: true,
  hasLobby: false,
  isLocked: false,
  password: '',
  removesPassword: false,
  places: '100',
  keptUnit: 'forGood',
  keptCount: '1',
  microphone: true,
  camera: true,
  screen: true,
  // Its days are those of whoever makes it.
  ...newScheduleDraft(Intl.DateTimeFormat().resolvedOptions().timeZone),
})

export function draftOf(room: Room): RoomDraft {
  const { microphone, camera, screen } = room.mediaLimits
  return {
    ...scheduleDraftOf(room),
    name: room.name,
    description: room.description,
    slug: room.slug ?? '',
    isListed: room.visibility === 'public',
    hasLobby: room.admission === 'lobby',
    isLocked: room.locked,
    password: '',
    removesPassword: false,
    places: placesOf(room.maxPeers),
    ...keptOf(room.emptyTtl),
    microphone,
    camera,
    screen,
  }
}

/** A new room's draft that begins with settings that were kept; what they leave open stays as it is, and so does a name. */
export function draftFrom(kept: Template['settings'], draft: RoomDraft): RoomDraft {
  const { schedule = null, timeZone = draft.timeZone } = kept
  return {
    ...draft,
    name: draft.name.trim() === '' ? (kept.name ?? '') : draft.name,
    description: kept.description ?? draft.description,
    isListed: kept.visibility ? kept.visibility === 'public' : draft.isListed,
    hasLobby: kept.admission ? kept.admission === 'lobby' : draft.hasLobby,
    isLocked: kept.locked ?? draft.isLocked,
    ...(kept.maxPeers !== undefined && { places: placesOf(kept.maxPeers) }),
    ...(kept.emptyTtl !== undefined && keptOf(kept.emptyTtl)),
    ...moveUp(scheduleDraftOf({ schedule, timeZone })),
  }
}

/** What is kept of a draft for rooms to come, over what it began with: neither the name nor the password. */
export function templateOf(draft: RoomDraft, before: Template['settings'] = {}): Template['settings'] {
  const { name: _name, password: _password, slug: _slug, ...settings } = settingsOf(draft)
  return { ...before, ...settings }
}

/** What has to be mended before it can be sent, in sentences. */
export function errorsIn(draft: RoomDraft): DraftErrors {
  const errors: DraftErrors = scheduleErrorsIn(draft)
  if (draft.name.trim() === '') errors.name = 'Give the room a name, such as what it is about.'
  if (draft.slug.trim() !== '' && !RoomSettings.shape.slug.safeParse(draft.slug.trim()).success)
    errors.slug = 'Use lower-case letters, digits and dashes, and nothing that looks like a join code, as in team-meeting.'
  if (draft.places.trim() !== '' && !isWhole(draft.places, MOST_PLACES))
    errors.places = `Type a number from 1 to ${MOST_PLACES.toLocaleString('en')}, or nothing for no limit.`
  const seconds = secondsOf(draft)
  if (seconds !== null && (Number.isNaN(seconds) || seconds > MOST_DAYS * UNITS.days))
    errors.kept = `Type a whole number, for ${MOST_DAYS} days at most.`
  return errors
}

/** The settings of a new room. */
export function settingsOf(draft: RoomDraft): RoomSettings {
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    slug: draft.slug.trim() === '' ? null : draft.slug.trim(),
    visibility: draft.isListed ? 'public' : 'private',
    admission: draft.hasLobby ? 'lobby' : 'open',
    locked: draft.isLocked,
    maxPeers: draft.places.trim() === '' ? 0 : Number(draft.places),
    emptyTtl: secondsOf(draft),
    timeZone: draft.timeZone,
    schedule: scheduleOf(draft),
    ...(draft.password !== '' && { password: draft.password }),
  }
}

/** What a draft makes different in a room. */
export function changesIn(draft: RoomDraft, room: Room): RoomSettings {
  const all = (form: RoomDraft): RoomSettings => {
    const { microphone, camera, screen } = form
    return { ...settingsOf(form), mediaLimits: { ...room.mediaLimits, microphone, camera, screen } }
  }
  // Beside what an untouched draft would say: a form rounds, and that is nobody's wish.
  const [wanted, old] = [all(draft), all(draftOf(room))]
  const isOther = (name: string) =>
    JSON.stringify(wanted[name as keyof RoomSettings]) !== JSON.stringify(old[name as keyof RoomSettings])
  return {
    ...Object.fromEntries(Object.entries(wanted).filter(([name]) => isOther(name))),
    ...(draft.removesPassword && draft.password === '' && { password: null }),
  }
}

/** The same draft of a room that has changed meanwhile: what was not touched here is taken from there. */
export function rebase(draft: RoomDraft, before: Room, after: Room): RoomDraft {
  return { ...draftOf(after), ...Object.fromEntries(touched(draft, before).map((name) => [name, draft[name]])) }
}

/** Whether something was changed meanwhile that was touched here, too. */
export function hasConflict(draft: RoomDraft, before: Room, after: Room): boolean {
  const [old, now] = [draftOf(before), draftOf(after)]
  return touched(draft, before).some((name) => old[name] !== now[name])
}

function touched(draft: RoomDraft, before: Room): (keyof RoomDraft)[] {
  const old = draftOf(before)
  return (Object.keys(draft) as (keyof RoomDraft)[]).filter((name) => draft[name] !== old[name])
}

const placesOf = (maxPeers: number) => (maxPeers === 0 ? '' : `${maxPeers}`)

function keptOf(seconds: number | null): Pick<RoomDraft, 'keptUnit' | 'keptCount'> {
  if (seconds === null) return { keptUnit: 'forGood', keptCount: '1' }
  if (seconds === 0) return { keptUnit: 'atOnce', keptCount: '1' }
  const unit = (['days', 'hours', 'minutes'] as const).find((name) => seconds % UNITS[name] === 0) ?? 'minutes'
  return { keptUnit: unit, keptCount: `${Math.max(1, Math.round(seconds / UNITS[unit]))}` }
}

/** Null for good, NaN where it is no number. */
function secondsOf({ keptUnit, keptCount }: RoomDraft): number | null {
  if (keptUnit === 'forGood') return null
  if (keptUnit === 'atOnce') return 0
  return isWhole(keptCount, Number.MAX_SAFE_INTEGER) ? Number(keptCount) * UNITS[keptUnit] : Number.NaN
}

const isWhole = (text: string, most: number) => /^\s*[1-9]\d*\s*$/.test(text) && Number(text) <= most
