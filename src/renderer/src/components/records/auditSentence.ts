import type { AuditEntry } from '../../../../shared/model.ts'

const settings: Record<string, string> = {
  name: 'the name',
  slug: 'the address',
  description: 'the description',
  visibility: 'who finds it',
  admission: 'the lobby',
  locked: 'the lock',
  password: 'the password',
  maxPeers: 'the number of places',
  emptyTtl: 'how long it is kept',
  topology: 'the way of sound and picture',
  timeZone: 'the time zone',
  schedule: 'the schedule',
  mediaLimits: 'what members may send',
  metadata: 'what programs have noted of it',
}
const sources: Record<string, string> = { microphone: 'microphone', camera: 'camera', screen: 'screen' }
const roles: Record<string, string> = { cohost: 'a co-host', speaker: 'a speaker', listener: 'a listener', host: 'the host' }

/**
 * What was done, as one would tell it. An act that this window does not know yet is named as it is. Whoever did something before
 * coming in had no name then: it may be known by `names`, by who they are.
 */
export function auditSentence({ act, actor, subject, details }: AuditEntry, names = new Map<string, string>()): string {
  const name = actor.name || names.get(actor.id ?? '') || 'Someone'
  const who = actor.kind === 'key' ? `${name} (a program)` : actor.kind === 'owner' ? 'Whoever runs the server' : name
  const whom = subject === null || subject.name === '' ? 'someone' : subject.name
  const role = roles[String(details['role'])] ?? 'a member'
  const parts = words(details['sources'], sources, 'devices')
  const sentences: Record<string, string> = {
    roomCreated: `${who} made the room.`,
    roomChanged: `${who} changed ${words(details['changed'], settings, 'the room')}.`,
    roomClosed: `${who} ended the meeting.`,
    roomImported: `${who} took the room over from another server.`,
    roomReopened: `${who} opened the room again.`,
    roomDeleted: `${who} deleted the room.`,
    codeRenewed: `${who} made a new join code.`,
    admitted: `${who} let ${whom} in.`,
    refused: `${who} did not let ${whom} in.`,
    stopped: `${who} stopped the ${parts} of ${whom}.`,
    allowed: `${who} allowed the ${parts} of ${whom} again.`,
    removed: `${who} took ${whom} out.`,
    banned: `${who} took ${whom} out, and keeps them out.`,
    unbanned: `${who} lets ${whom} in again.`,
    roleChanged: `${who} made ${whom} ${role}.`,
    handedOver: `${who} made ${whom} the host.`,
    hostChanged: `${whom} stands in for the host.`,
    memberAdded: `${who} gave ${whom} a lasting place, as ${role}.`,
    memberRemoved: `${who} took the lasting place of ${whom} away.`,
  }
  return sentences[act] ?? `${who}: ${act}.`
}

/** Several of them, in a row; those without a word of their own stand for themselves. */
function words(names: unknown, known: Record<string, string>, otherwise: string): string {
  const texts = Array.isArray(names) ? names.filter((name) => typeof name === 'string').map((name) => known[name] ?? name) : []
  return texts.length === 0 ? otherwise : new Intl.ListFormat('en').format(texts)
}
