import { describe, expect, test } from 'vitest'
import { addComings, noComings, tellComings } from '../../src/renderer/src/state/comings.ts'

/** Names by seat: `Ada`, or `Ada@2` for another seat of hers. */
const seats = (...names: string[]) => new Map(names.map((name) => [name, name.replace(/@.*/, '')]))

/** What is told after rosters that followed each other. */
function told(...rosters: string[][]): string {
  let comings = noComings
  rosters.reduce((before, present) => {
    comings = addComings(comings, seats(...before), seats(...present))
    return present
  })
  return tellComings(comings)
}

describe('what is told of who comes and goes', () => {
  test('names one or two, and counts more', () => {
    expect(told(['Ada'], ['Ada', 'Grace'])).toBe('Grace joined')
    expect(told(['Ada'], ['Ada', 'Grace'], ['Ada', 'Grace', 'Lin'])).toBe('Grace and Lin joined')
    expect(told(['Ada'], ['Ada', 'Grace', 'Lin', 'Noah'])).toBe('Grace and 2 others joined')
    expect(told(['Ada', 'Grace', 'Lin'], ['Ada', 'Noah'])).toBe('Noah joined. Grace and Lin left')
  })

  test('is nothing where nobody did', () => {
    expect(told(['Ada', 'Grace'], ['Ada', 'Grace'])).toBe('')
  })

  test('is nothing of someone who returns in a new seat, at once or a little later', () => {
    expect(told(['Ada', 'Grace'], ['Ada', 'Grace@2'])).toBe('')
    expect(told(['Ada', 'Grace'], ['Ada'], ['Ada', 'Grace@2'])).toBe('')
  })

  test('is that someone left who has only just come', () => {
    expect(told(['Ada'], ['Ada', 'Grace'], ['Ada'])).toBe('Grace left')
  })
})
