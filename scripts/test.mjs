/**
 * `npm test`: brings in what is missing, then checks, builds and tests. The stages go on after a failure, so that one run
 * tells all; the last line is the sum, in which a stage that failed without a failed test counts as one.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './setup/build.mjs'
import { bringChromium } from './setup/chromium.mjs'
import { bringNetworkTools } from './setup/networks.mjs'
import { bringPackages } from './setup/packages.mjs'
import { node, root, run, say, seconds, SetupError } from './setup/run.mjs'
import { bringWorker } from './setup/worker.mjs'

const reports = join(root, 'test-results')
const counts = { passed: 0, failed: 0, skipped: 0 }
/** @type {[string, string][]} */
const durations = []

rmSync(reports, { recursive: true, force: true })
await stage('set-up', async () => {
  await bringPackages()
  await bringWorker()
  await bringChromium()
  await bringNetworkTools()
})
if (counts.failed === 0) {
  await stage('check', () => run(node, ['scripts/check.mjs']), vitestCounts('unit'))
  await stage('build', () => build())
  await stage('server and session', () => run('npm', ['run', '-s', 'test:server']), vitestCounts('server'))
  await stage('end to end', () => run('playwright', ['test']), playwrightCounts('e2e'))
  await stage('desktop app', () => run('playwright', ['test', '-c', 'playwright.app.config.ts']), playwrightCounts('app'))
}
say('')
for (const [name, took] of durations) say(`${name.padEnd(20)}${took}`)
const runtime = readReport('app')?.config.metadata.runtime
if (runtime) say(`The desktop app ran ${runtime}`)
if (counts.skipped > 0) say(`${counts.skipped} skipped`)
say(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1

/**
 * @param {string} name
 * @param {() => Promise<boolean | void>} work false, or a SetupError, where the stage fails
 * @param {() => typeof counts} count of the tests that it ran
 */
async function stage(name, work, count = () => ({ passed: 0, failed: 0, skipped: 0 })) {
  say(`\n── ${name}`)
  const began = Date.now()
  let succeeded = false
  try {
    succeeded = (await work()) !== false
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`lanyard: ${error.message}\n`)
  }
  const { passed, failed, skipped } = count()
  counts.passed += passed
  counts.failed += succeeded ? failed : Math.max(failed, 1)
  counts.skipped += skipped
  durations.push([name, `${seconds(began)}${succeeded ? '' : '  FAILED'}`])
}

/** @param {string} name of the report that the stage writes */
function vitestCounts(name) {
  return () => {
    const report = readReport(name)
    return {
      passed: report?.numPassedTests ?? 0,
      failed: report?.numFailedTests ?? 0,
      skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    }
  }
}

/** @param {string} name of the report that the stage writes */
function playwrightCounts(name) {
  return () => {
    const stats = readReport(name)?.stats
    return { passed: stats?.expected ?? 0, failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0), skipped: stats?.skipped ?? 0 }
  }
}

/** @param {string} name */
function readReport(name) {
  try {
    return JSON.parse(readFileSync(join(reports, `${name}.json`), 'utf8'))
  } catch {
    return null
  }
}
