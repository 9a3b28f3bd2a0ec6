/** Which program has a port, as far as the system tells whoever asks without special rights. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** How long the system may take to say so, in ms. */
const PATIENCE_MS = 1_500
/** State LISTEN in /proc/net/tcp (include/net/tcp_states.h). */
const LISTEN = '0A'

/** The name of the program that listens on a TCP port; null where that is not to be known. Never rejects. */
export async function programAt(port: number): Promise<string | null> {
  try {
    switch (process.platform) {
      case 'linux':
        return linuxProgramAt(port)
      case 'darwin':
        return lsofProgram(
          (await run('/usr/sbin/lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fc'], { timeout: PATIENCE_MS })).stdout,
        )
      case 'win32': {
        const pid = netstatListener((await run('netstat', ['-ano', '-p', 'TCP'], { timeout: PATIENCE_MS })).stdout, port)
        if (pid === null) return null
        return tasklistProgram(
          (await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], { timeout: PATIENCE_MS })).stdout,
        )
      }
      default:
        return null
    }
  } catch {
    return null
  }
}

/** Of `lsof -Fc`: a line for the process, and one for its command. */
export function lsofProgram(text: string): string | null {
  return /^c(.+)$/m.exec(text)?.[1] ?? null
}

/** The process id of `netstat -ano` that listens on a port. Its words for the state differ by language; nobody is at the other end of a listener. */
export function netstatListener(text: string, port: number): number | null {
  for (const line of text.split('\n')) {
    const [protocol, local, foreign, , pid] = line.trim().split(/\s+/)
    if (protocol === 'TCP' && local?.endsWith(`:${port}`) && foreign?.endsWith(':0')) return Number(pid)
  }
  return null
}

/** Of `tasklist /FO CSV /NH`: the first field, without its ending. */
export function tasklistProgram(text: string): string | null {
  return /^"([^"]+?)(?:\.exe)?"/im.exec(text)?.[1] ?? null
}

/** By the socket's inode, which the processes of this user (of all, for root) show among their descriptors. */
function linuxProgramAt(port: number): string | null {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeners(readOr(file), port)))
  if (inodes.size === 0) return null
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid))
    if (socketsOf(pid).some((inode) => inodes.has(inode))) return nameOf(pid)
  return null
}

/** The inodes of sockets that listen on a port, of a table like /proc/net/tcp (proc_net_tcp(5)). */
export function listeners(table: string, port: number): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    return local?.endsWith(end) && state === LISTEN && inode !== undefined ? [inode] : []
  })
}

function socketsOf(pid: string): string[] {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).flatMap((descriptor) => /^socket:\[(\d+)\]$/.exec(linkOr(`${folder}/${descriptor}`))?.[1] ?? [])
  } catch {
    // Someone else's, or it has just ended.
    return []
  }
}

/** What it was started as; the kernel's name for it has 15 characters only. */
function nameOf(pid: string): string | null {
  const [program = ''] = readOr(`/proc/${pid}/cmdline`).split('\0')
  return basename(program) || readOr(`/proc/${pid}/comm`).trim() || null
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function linkOr(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}
