import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick is (USER_HZ). */
const TICKS_PER_SECOND = 100

/** CPU time that a process and its living descendants have used so far, all threads together, in s. Linux only. */
export function cpuSeconds(pid: number): number {
  return family(pid).reduce((sum, member) => sum + ownSeconds(member), 0)
}

function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' '))
  return [pid, ...children.filter((child) => child !== '').flatMap((child) => family(Number(child)))]
}

function ownSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`)
  // The name, in brackets, may hold anything; proc_pid_stat(5) numbers the fields from 1, and the third follows the name.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [fields[14 - 3], fields[15 - 3]].map(Number)
  return ((user ?? 0) + (system ?? 0)) / TICKS_PER_SECOND
}

/** Empty where the process or the thread has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
