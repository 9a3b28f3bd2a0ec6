import { expect, test } from 'vitest'
import { AppError, unwrap } from '../../src/shared/errors.ts'

test('an error keeps its code, its sentence and its details over the wire, and leaves its cause at home', () => {
  const error = new AppError('roomFull', 'All places are taken', { details: { maxPeers: 2 }, cause: new Error('secret') })
  const info = error.toInfo()
  expect(JSON.stringify(info)).not.toContain('secret')
  expect(() => unwrap({ ok: false, error: info })).toThrow(
    expect.objectContaining({ code: 'roomFull', message: 'All places are taken', details: { maxPeers: 2 } }),
  )
})

test('what was not expected is internal, and its text stays here', () => {
  const error = AppError.from(new Error('SELECT * FROM secrets'))
  expect(error.toInfo()).toEqual({ code: 'internal', message: expect.not.stringContaining('secrets') })
  expect(error.cause).toBeInstanceOf(Error)
})
