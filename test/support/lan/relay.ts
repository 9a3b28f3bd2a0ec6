/**
 * `relay.ts NAMESPACE`: passes on what a program on that machine says (stdin), until it says no more. Where the program names a
 * port for debuggers, which is one of the machine's own loopback, it names another one instead: of the loopback here, and
 * forwarded to there. So Playwright, which reads those lines, finds the program.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const namespace = process.argv[2]!
const announcement = /^(?:Debugger|DevTools) listening on ws:\/\/127\.0\.0\.1:(\d+)\//

const forwarder = spawn('ip', ['netns', 'exec', namespace, process.execPath, join(import.meta.dirname, 'forwarder.ts')], {
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
})
const servers: Server[] = []

for await (const line of createInterface({ input: process.stdin })) {
  const port = announcement.exec(line)?.[1]
  process.stdout.write(`${port ? line.replace(`:${port}/`, `:${await open(Number(port))}/`) : line}\n`)
}
for (const server of servers) server.close()
// It may have ended with the machine.
if (forwarder.connected) forwarder.disconnect()

/** Opens a port here that leads to one there. */
async function open(port: number): Promise<number> {
  // A socket stays of the network that it was opened in, whichever process has it.
  const server = createServer({ pauseOnConnect: true }, (socket) => forwarder.connected && forwarder.send(port, socket))
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
