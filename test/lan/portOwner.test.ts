import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { listeners, lsofProgram, netstatListener, programAt, tasklistProgram } from '../../src/main/lan/portOwner.ts'

test.runIf(process.platform === 'linux')('the program that has a port is named', async () => {
  const script = "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })"
  const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void other.kill())
  const [line] = (await once(other.stdout, 'data')) as [Buffer]
  expect(await programAt(Number(line.toString()))).toBe('node')
})

test('where nobody listens, nobody is named', async () => {
  expect(await programAt(1)).toBeNull()
})

test('of the system’s table, those that listen on the port count', () => {
  const row = (local: string, state: string, inode: number) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0`
  const table = [
    '  sl  local_address rem_address   st',
    row('0100007F:1151', '0A', 11),
    row('0100007F:1151', '01', 12),
    row('00000000:0016', '0A', 13),
  ].join('\n')
  expect(listeners(table, 4_433)).toEqual(['11'])
})

test('what other systems print is read, in whichever language', () => {
  expect(lsofProgram('p812\ncnginx\nf7\n')).toBe('nginx')
  expect(lsofProgram('')).toBeNull()
  const table = [
    'Aktive Verbindungen',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:4433         127.0.0.1:50122        HERGESTELLT      70',
    '  TCP    0.0.0.0:44330          0.0.0.0:0              ABHÖREN          71',
    '  TCP    0.0.0.0:4433           0.0.0.0:0              ABHÖREN          72',
  ].join('\r\n')
  expect(netstatListener(table, 4_433)).toBe(72)
  expect(netstatListener(table, 1)).toBeNull()
  expect(tasklistProgram('"nginx.exe","72","Services","0","9.012 K"\r\n')).toBe('nginx')
  expect(tasklistProgram('INFO: No tasks are running which match the specified criteria.\r\n')).toBeNull()
})
