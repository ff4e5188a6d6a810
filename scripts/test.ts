/**
 * `npm test [suite …]`: sets up what the suites need, runs them, and ends with a plain line `N passed, N failed`.
 * A suite that cannot run says so loudly; where everything was meant to run (CI) that is a failure. A cloud is nobody's to install: its suite is
 * meant to run where one is named, or where it is asked for.
 */
import { spawnSync } from 'node:child_process'
import { type Outcome, prepare, type Suite, suites } from './suites.ts'

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !suites.some((suite) => suite.name === name))
if (unknown.length > 0) {
  console.error(`No such suite: ${unknown.join(', ')}. There are: ${suites.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}
const chosen: Suite[] = suites.filter((suite) => (asked.length === 0 ? suite.always : asked.includes(suite.name)))
// A suite that is asked for by name is run whole, where it has a short form.
if (asked.length > 0) process.env.SCANSIDE_TEST_WHOLE ??= '1'
const strict = process.env.CI === 'true' || asked.length > 0

const machine = await prepare(new Set(chosen.flatMap((suite) => suite.needs)))
const outcomes: (Outcome & { name: string })[] = []
if (chosen.some((suite) => suite.built)) {
  console.log('\n=== build ===')
  const built = spawnSync('npx', ['electron-vite', 'build', '--logLevel', 'warn'], { stdio: 'inherit' })
  if (built.status !== 0) outcomes.push({ name: 'build', passed: 0, failed: 1 })
}
for (const suite of chosen) {
  console.log(`\n=== ${suite.name}: ${suite.about} ===`)
  const missing = suite.needs.filter((need) => machine.missing.has(need))
  if (missing.length > 0) {
    for (const need of missing) console.log(`!!! ${suite.name} DID NOT RUN: ${machine.missing.get(need)}`)
    const meant = asked.length > 0 || !missing.includes('openstack')
    outcomes.push({ name: `${suite.name} (did not run)`, passed: 0, failed: strict && meant ? 1 : 0 })
    continue
  }
  try {
    outcomes.push({ name: suite.name, ...(await suite.run()) })
  } catch (error) {
    console.error(error)
    outcomes.push({ name: suite.name, passed: 0, failed: 1 })
  }
}
await machine.stop()

console.log('\n=== all suites ===')
for (const { name, passed, failed } of outcomes)
  console.log(`${name.padEnd(28)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed`)
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
