/**
 * Packs what is built and installed into the server's tarball: the second half of `npm run package:server`.
 *
 * The same sources give the same bytes; SOURCE_DATE_EPOCH (seconds since 1970) is the time that its files bear.
 */
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { closure } from './closure.mjs'
import { appOnly, developersOnly, inInterface, needed, runs } from './contents.mjs'
import { notice } from './notice.mjs'
import { capture, dependencies, node, root, run, say, seconds, SetupError, version } from '../setup/run.mjs'
import { worker } from '../setup/worker.mjs'

/** The time that npm gives files in its packages, in seconds since 1970. */
const ANY_TIME = '499162500'

const name = `lanyard-server-${version}-linux-${process.arch}`

const { values } = parseArgs({ options: { to: { type: 'string', default: join(root, 'dist') } } })

const staging = mkdtempSync(join(tmpdir(), 'lanyard-package-'))
try {
  const began = Date.now()
  await fill(join(staging, name))
  const tarball = await pack(resolve(values.to))
  say(`${tarball}  ${Math.round(statSync(tarball).size / 1e6)} MB, packed in ${seconds(began)}`)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`lanyard: ${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(staging, { recursive: true, force: true })
}

/** @param {string} top */
async function fill(top) {
  const home = join(top, 'lib', 'lanyard')
  const folders = closure(
    dependencies.filter((name) => !appOnly.includes(name)),
    runs,
  )
  for (const folder of folders) copyPackage(folder, home)
  copy(worker, join(home, 'node_modules/mediasoup/worker/out/Release/mediasoup-worker'))
  copy(node, join(home, 'bin/node'))

  for (const file of globSync('out/{main,renderer}/**/*.*', { cwd: root })) {
    // The app's own, and the server as the app carries it.
    if (!['out/main/index.js', 'out/main/hosted.js'].includes(file)) copy(join(root, file), join(home, file))
  }
  write(join(home, 'package.json'), `${JSON.stringify({ name: 'lanyard-server', version, type: 'module' }, null, 2)}\n`)

  const given = join(root, 'resources/server')
  copy(join(given, 'lanyard'), join(top, 'bin/lanyard'))
  copy(join(given, 'lanyard.service'), join(top, 'lib/systemd/system/lanyard.service'))
  copy(join(given, 'install.sh'), join(top, 'install.sh'))
  copy(join(root, 'LICENSE'), join(top, 'LICENSE'))
  write(
    join(top, 'README.md'),
    readFileSync(join(given, 'README.md'), 'utf8').replaceAll('VERSION', version).replaceAll('GLIBC', glibc()),
  )
  const { output: nodeVersion } = await capture(node, ['-p', 'process.versions.node'])
  const all = new Set([...folders, ...closure(inInterface, runs)])
  write(join(top, 'NOTICE'), notice([...all].sort(), nodeVersion))
}

/**
 * @param {string} folder of the package, from the root
 * @param {string} home where its node_modules goes
 */
function copyPackage(folder, home) {
  const from = join(root, folder)
  const patterns = needed(`linux-${process.arch}`)[folder.slice('node_modules/'.length)] ?? ['**']
  // Packages inside of packages are named by themselves where they are needed.
  const files = globSync(patterns, { cwd: from, exclude: [...developersOnly, 'node_modules/**'] })
  for (const file of files) if (statSync(join(from, file)).isFile()) copy(join(from, file), join(home, folder, file))
}

/** @param {string} folder where the tarball goes */
async function pack(folder) {
  mkdirSync(folder, { recursive: true })
  const tarball = join(folder, `${name}.tar.gz`)
  const { SOURCE_DATE_EPOCH = ANY_TIME, ...env } = process.env
  const options = ['--sort=name', `--mtime=@${SOURCE_DATE_EPOCH}`, '--owner=0', '--group=0', '--numeric-owner', '--format=gnu']
  const modes = '--mode=u=rwX,go=rX'
  const packed = await run('tar', [...options, modes, '--use-compress-program=gzip -n', '-C', staging, '-cf', tarball, name], {
    env,
  })
  if (!packed || !existsSync(tarball))
    throw new SetupError('The tarball could not be written (GNU tar is needed); its words are above.')
  return tarball
}

/** The C library that the media worker was linked against: older ones do not run it. */
function glibc() {
  const versions = [...readFileSync(worker, 'latin1').matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor))
  return `2.${Math.max(...versions)}`
}

/**
 * @param {string} from
 * @param {string} to
 */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to)
}

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
