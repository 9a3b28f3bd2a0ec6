import type { Capacity } from '../../../../shared/capacity.ts'

/** From this share of its places on, a computer counts as nearly full. */
const NEARLY = 0.8

/** Said while nobody is here. */
export function roomFor({ people, knowsNetwork }: Capacity): string {
  return `This computer can hold ${about(people)}${knowsNetwork ? '' : ', on a fast network'}.`
}

/** Said first while it hosts. */
export function hereOf(here: number, capacity: Capacity | null): string {
  if (here === 0) return 'Nobody is here yet.'
  if (capacity) return `${here} of ${about(capacity.people)} ${here === 1 ? 'is' : 'are'} here.`
  return here === 1 ? '1 person is here.' : `${here} people are here.`
}

/** What there is to add: for how many there is room, and what helps where there is hardly any. */
export function hintFor(here: number, capacity: Capacity | null): string | null {
  if (!capacity) return null
  if (here === 0) return roomFor(capacity)
  if (here < NEARLY * capacity.people) return null
  switch (capacity.bottleneck) {
    case 'processor':
      return 'Nearly full. Cameras that are switched off make room.'
    case 'network':
      return 'Nearly full. A faster network makes room, and cameras that are off do.'
    case 'memory':
      return 'Nearly full. A computer with more memory has room for more.'
  }
}

const about = (people: number) => (people === 1 ? 'one person' : `about ${people} people`)
