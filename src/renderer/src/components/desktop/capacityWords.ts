import type { Capacity } from '../../../../shared/capacity.ts'

/** From this share of its places on a computer counts as nearly full. */
const NEARLY = 0.8

/** Said while nobody is here. */
export function roomFor({ people, knowsNetwork }: Capacity): string {
  return `This computer can hold ${about(people)}${knowsNetwork ? '' : ', on a fast network'}.`
}

/** Said while it hosts. */
export function hereOf(here: number, capacity: Capacity | null): string {
  if (here === 0) return `Nobody is here yet.${capacity ? ` ${roomFor(capacity)}` : ''}`
  if (capacity) return `${here} of ${about(capacity.people)} ${here === 1 ? 'is' : 'are'} here.`
  return here === 1 ? '1 person is here.' : `${here} people are here.`
}

/** What helps where there is hardly room for more; null where there is. */
export function nearlyFull(here: number, capacity: Capacity | null): string | null {
  if (!capacity || here < NEARLY * capacity.people) return null
  switch (capacity.bottleneck) {
    case 'processor':
      return 'Nearly full. There is room for more when some switch their camera off.'
    case 'network':
      return 'Nearly full. There is room for more on a faster network, or when some switch their camera off.'
    case 'memory':
      return 'Nearly full. There is room for more on a computer with more memory.'
  }
}

const about = (people: number) => (people === 1 ? 'one person' : `about ${people} people`)
