import { expect, test } from 'vitest'
import { Emitter } from '../../src/shared/emitter.ts'

class Bell extends Emitter<{ rung: [times: number] }> {
  ring(times: number) {
    this.emit('rung', times)
  }
}

test('a listener hears until it stops listening, also from within', () => {
  const bell = new Bell()
  const heard: number[] = []
  const off = bell.on('rung', (times) => {
    heard.push(times)
    if (times === 2) off()
  })
  bell.on('rung', (times) => heard.push(times * 10))
  for (const times of [1, 2, 3]) bell.ring(times)
  expect(heard).toEqual([1, 10, 2, 20, 30])
})
