import { Hono } from 'hono'
import { ConnectBack, Nonce } from '../../lan/doctor/echo.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Echo } from '../Echo.ts'
import { addressOf, ownAddressOf } from './access.ts'
import { limited } from './api.ts'
import { bodyOf } from './body.ts'

/** For whoever looks for the fault of a network; without a key, and with little to gain. */
export function makeEchoApp(echo: Echo): Hono {
  const app = new Hono()
  app.use(limited)
  app.get('/', async (c) => c.json(await echo.time(addressOf(c))))
  app.post('/announcement', async (c) => {
    await echo.announce(addressOf(c))
    return c.json({})
  })
  app.get('/question/:nonce', async (c) => {
    const nonce = Nonce.safeParse(c.req.param('nonce'))
    if (!nonce.success) throw new AppError('badRequest', 'A nonce has 16 hexadecimal digits', { details: { path: 'nonce' } })
    return c.json({ heard: await echo.hasHeard(addressOf(c), nonce.data) })
  })
  app.post('/media', async (c) => c.json(await echo.tryMedia(addressOf(c))))
  app.get('/media/:trialId', async (c) => c.json({ heard: await echo.endTrial(addressOf(c), c.req.param('trialId')) }))
  app.post('/connection', async (c) => {
    // Behind a proxy the address is the proxy's, whose ports are nobody's to try.
    const { port, greeting } = await bodyOf(c, ConnectBack)
    return c.json({ reached: await echo.connectBack(ownAddressOf(c), port, greeting) })
  })
  return app
}
