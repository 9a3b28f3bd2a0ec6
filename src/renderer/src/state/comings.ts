/** Who has come and gone of late, by seat. */
export interface Comings {
  came: ReadonlyMap<string, string>
  went: ReadonlyMap<string, string>
}

export const noComings: Comings = { came: new Map(), went: new Map() }

/** What has happened between two rosters, on top of what is known already. Whoever returns in a new seat has done neither. */
export function addComings(known: Comings, before: ReadonlyMap<string, string>, present: ReadonlyMap<string, string>): Comings {
  const came = new Map(known.came)
  const went = new Map(known.went)
  for (const [peerId, name] of before) {
    if (present.has(peerId)) continue
    came.delete(peerId)
    went.set(peerId, name)
  }
  for (const [peerId, name] of present) {
    if (before.has(peerId)) continue
    const seat = [...went].find(([, gone]) => gone === name)?.[0]
    if (seat === undefined) came.set(peerId, name)
    else went.delete(seat)
  }
  return { came, went }
}

/** `Ada joined. Grace and 3 others left`, or nothing. */
export function tellComings({ came, went }: Comings): string {
  return [tell([...came.values()], 'joined'), tell([...went.values()], 'left')].filter((part) => part !== '').join('. ')
}

function tell(names: readonly string[], verb: string): string {
  const [first, second] = names
  if (first === undefined) return ''
  if (second === undefined) return `${first} ${verb}`
  return names.length === 2 ? `${first} and ${second} ${verb}` : `${first} and ${names.length - 1} others ${verb}`
}
