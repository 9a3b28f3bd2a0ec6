import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { FuseState, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { fuses } from '../../scripts/package/fuses.mjs'
import { build } from '../../scripts/setup/build.mjs'
import { sees } from '../support/NodeCapture.ts'
import { serve } from '../support/serve.ts'
import { temporaryDirectory } from '../support/server.ts'
import { allSent, meet, received, texts } from '../support/sessions.ts'
import { until } from '../support/until.ts'

const checkout = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
// The one that electron-builder itself uses.
const ofBuilder = createRequire(
  createRequire(createRequire(import.meta.url).resolve('electron-builder')).resolve('app-builder-lib'),
)
const bare = { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } }

describe.skipIf(process.platform !== 'linux')('the server’s tarball', () => {
  let scratch: string
  /** Where it is unpacked. */
  let unpacked: string

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'lanyard-package-test-'))
    await run(process.execPath, [join(checkout, 'scripts/package-server.mjs'), '--to', scratch])
    const [tarball = ''] = readdirSync(scratch)
    await run('tar', ['-xzf', join(scratch, tarball), '-C', scratch])
    unpacked = join(scratch, tarball.replace('.tar.gz', ''))
  }, 120_000)

  afterAll(() => rm(scratch, { recursive: true, force: true }))

  const install = (args: string[], env: Record<string, string> = {}) =>
    run('sh', [join(unpacked, 'install.sh'), ...args], { cwd: '/', env: { ...bare.env, ...env } })

  test('installed without the checkout it serves a call, and leaves nothing running', async () => {
    const prefix = join(scratch, 'prefix')
    const { stdout } = await install(['--prefix', prefix, '--no-service'])
    expect(stdout).toContain(`${prefix}/bin/lanyard serve`)
    const link = join(await temporaryDirectory(), 'by another name')
    await symlink(join(prefix, 'bin/lanyard'), link)

    const server = await serve(await temporaryDirectory(), { program: link })
    // By the id that it says: where the start script is wrong, that is another than the one that was started.
    onTestFinished(() => {
      if (existsSync(`/proc/${server.ready.pid}`)) process.kill(server.ready.pid, 'SIGKILL')
    })
    const processes = [server.pid, ...childrenOf(server.pid)]
    expect(server.ready.pid).toBe(server.pid)
    expect(processes.map((pid) => readlinkSync(`/proc/${pid}/exe`).replace(`${prefix}/lib/lanyard/`, ''))).toEqual([
      'bin/node',
      'node_modules/mediasoup/worker/out/Release/mediasoup-worker',
    ])
    for (const pid of processes) expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).not.toContain(checkout)
    expect(await (await fetch(server.ready.url)).text()).toContain('<title>Lanyard')

    const { ada, ben } = await meet(server.ready.url)
    ada.camera.set(true)
    await sees(await received(ben, 'Ada', 'camera'), 'red')
    ben.sendChat('Seen')
    await Promise.all([until(ben, () => allSent(ben, 1)), until(ada, () => texts(ada).includes('Seen'))])

    const { code, stderr } = await server.stop('SIGTERM')
    expect({ code, warnings: stderr.split('\n').filter((line) => /"level":(40|50|60)/.test(line)) }).toEqual({
      code: 0,
      warnings: [],
    })
    expect(processes.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
  })

  test('it can be installed over itself, and be taken away without touching what others have there', async () => {
    const prefix = join(await temporaryDirectory(), 'prefix')
    await mkdir(join(prefix, 'bin'), { recursive: true })
    await writeFile(join(prefix, 'bin/other'), '')
    await install(['--prefix', prefix, '--no-service'])
    await writeFile(join(prefix, 'lib/lanyard/left-by-an-older-version'), '')
    await install(['--prefix', prefix, '--no-service'])
    expect(readdirSync(join(prefix, 'lib/lanyard'))).toEqual(['bin', 'node_modules', 'out', 'package.json'])
    const { stdout } = await run(join(prefix, 'bin/lanyard'), ['--version'], bare)
    expect(unpacked).toContain(`lanyard-server-${stdout.trim()}-linux`)

    await run('sh', [join(prefix, 'share/doc/lanyard/install.sh'), 'uninstall', '--prefix', prefix, '--no-service'], bare)
    const left = readdirSync(prefix, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(left.map(({ name }) => name)).toEqual(['other'])
  })

  test('a wrong call of the installer ends with 2 and changes nothing', async () => {
    for (const args of [
      ['--prefix'],
      ['--prefix', 'here'],
      ['--prefix', '/a b'],
      ['--prefix', '/a/../b'],
      ['--prefix', '/'],
      ['now'],
    ]) {
      await expect(install(args)).rejects.toMatchObject({ code: 2, stdout: '' })
    }
  })

  test('the service runs the installed program, as nobody in particular, and may write one folder', async () => {
    const root = await temporaryDirectory()
    await install(['--prefix', '/opt/lanyard'], { DESTDIR: root })
    const file = join(root, 'opt/lanyard/lib/systemd/system/lanyard.service')
    const unit = await readFile(file, 'utf8')
    expect(unit).not.toContain('/usr/local')
    const settings = settingsOf(unit)
    expect(settings).toMatchObject({
      ExecStart: '/opt/lanyard/bin/lanyard serve',
      Environment: 'LANYARD_DATA_DIR=%S/lanyard',
      StateDirectory: 'lanyard',
      DynamicUser: 'yes',
      ProtectSystem: 'strict',
      NoNewPrivileges: 'yes',
      PrivateTmp: 'yes',
      CapabilityBoundingSet: '',
      AmbientCapabilities: '',
      KillSignal: 'SIGTERM',
      Restart: 'on-failure',
    })
    expect(existsSync(join(root, settings['ExecStart']!.split(' ')[0]!))).toBe(true)

    if (!existsSync('/usr/bin/systemd-analyze')) return
    // It wants to find the program under the machine's root.
    const here = join(await temporaryDirectory(), 'lanyard.service')
    await writeFile(here, unit.replace('/opt/lanyard/bin', join(root, 'opt/lanyard/bin')))
    expect(await run('systemd-analyze', ['verify', here], bare)).toEqual({ stdout: '', stderr: '' })
  })

  test('it carries the licences of all that is inside, and no one’s tests, types and sources', async () => {
    const home = join(unpacked, 'lib/lanyard')
    const notice = await readFile(join(unpacked, 'NOTICE'), 'utf8')
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const packages = files
      .filter(({ name, parentPath }) => name === 'package.json' && /node_modules\/(@[^/]+\/)?[^/]+$/.test(parentPath))
      .map(
        ({ name, parentPath }) => JSON.parse(readFileSync(join(parentPath, name), 'utf8')) as { name: string; version: string },
      )
    expect(packages.length).toBeGreaterThan(20)
    for (const { name, version } of packages) expect(notice).toContain(`\n${name} ${version} · `)
    expect(packages.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/electron|^@types|(?:io|mediasoup)-client$/)]),
    )
    expect(files.filter(({ name }) => /\.([mc]?ts|cpp|[ch]pp|c|h|map)$/.test(name))).toEqual([])
    expect(files.filter(({ name }) => name.endsWith('.node')).map(({ name }) => name)).toEqual([`linux-${process.arch}.node`])
  })
})

/**
 * electron-builder packs around a file that only looks like Electron. That shows what is put where, and that the fuses are set; it says
 * nothing about whether a real Electron runs it.
 */
describe.skipIf(process.platform !== 'linux')('packed around a file that stands for Electron', () => {
  let scratch: string
  let resources: string
  const asar = ofBuilder('@electron/asar') as {
    listPackage: (archive: string, options: object) => string[]
    extractAll: (archive: string, to: string) => void
  }

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'lanyard-package-test-'))
    const dist = join(scratch, 'electron')
    await mkdir(join(dist, 'locales'), { recursive: true })
    await writeFile(join(dist, 'LICENSE'), '')
    // The fuses of Electron 45 as it comes: a sentinel, the version 1, their number, and a digit for each.
    await writeFile(join(dist, 'electron'), 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009101100011', { mode: 0o755 })
    await build()
    const args = ['--config', 'electron-builder.config.mjs', '--linux', 'dir', '--publish', 'never']
    const set = [`-c.electronDist=${dist}`, `-c.directories.output=${scratch}/out`]
    await run(join(checkout, 'node_modules/.bin/electron-builder'), [...args, ...set], { cwd: checkout })
    resources = join(scratch, 'out/linux-unpacked/resources')
  }, 60_000)

  afterAll(() => rm(scratch, { recursive: true, force: true }))

  test('the fuses are as they should be', async () => {
    const { strictlyRequireAllFuses: _, version, ...wanted } = fuses
    const wire = await getCurrentFuseWire(join(scratch, 'out/linux-unpacked/lanyard'))
    const states = Object.entries(wanted).map(([fuse, isOn]) => [fuse, isOn ? FuseState.ENABLE : FuseState.DISABLE])
    expect(wire).toEqual({ version, ...Object.fromEntries(states) })
  })

  test('what the system must find as a file lies beside the archive: the media worker, pictures, SQLite', () => {
    const unpacked = readdirSync(join(resources, 'app.asar.unpacked'), { recursive: true, withFileTypes: true })
    expect(unpacked.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([`linux-${process.arch}.node`])
    const beside = ['mediasoup-worker', 'tray.png', 'tray@2x.png', 'trayTemplate.png', 'trayTemplate@2x.png', 'LICENSE', 'NOTICE']
    for (const name of beside) expect(existsSync(join(resources, name)), name).toBe(true)
  })

  test('the archive has the app, what it imports loads from there, and it carries no sources, types or tests', async () => {
    const files = asar.listPackage(join(resources, 'app.asar'), {})
    expect(files).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/out/main/index.js',
        '/out/main/hosted.js',
        '/out/main/writer.js',
        '/out/main/copier.js',
      ]),
    )
    expect(files).toEqual(expect.arrayContaining(['/out/preload/index.cjs', '/out/renderer/index.html']))
    expect(files.filter((file) => /\.([mc]?ts|map|cpp|[ch]pp|gypi?)$|\/(electron|vite|svelte)\/|headless/.test(file))).toEqual([])

    const app = join(scratch, 'app')
    asar.extractAll(join(resources, 'app.asar'), app)
    const scripts = readdirSync(join(app, 'out/main')).filter((name) => name.endsWith('.js'))
    const built = scripts.map((name) => readFile(join(app, 'out/main', name), 'utf8'))
    const imported = (await Promise.all(built)).flatMap((code) =>
      [...code.matchAll(/^(?:import|export)\b[^;"]*"(@?[a-z][\w@/.:-]*)"/gm)].map(([, name]) => name),
    )
    // Only Electron itself brings its own to life.
    const packages = [...new Set(imported)].filter((name) => !/^(node:|electron)/.test(name!))
    expect(packages).toEqual(expect.arrayContaining(['better-sqlite3', 'mediasoup', 'pino', 'socket.io']))
    await writeFile(
      join(app, 'loads.mjs'),
      `${packages.map((name) => `await import('${name}')`).join('\n')}
       new (await import('better-sqlite3')).default(':memory:').exec('select 1')`,
    )
    await run(process.execPath, [join(app, 'loads.mjs')], { cwd: app })
  })
})

/** The process ids of what a process has started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}

function settingsOf(unit: string): Record<string, string> {
  return Object.fromEntries([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
}
