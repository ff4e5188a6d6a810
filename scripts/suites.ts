/** The suites, what each needs of the machine, and how its outcome is counted. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chaosNeeds } from './chaos-needs.ts'
import { withKeyring } from './keyring-session.ts'
import { type Need, prepareMachine } from './machine.ts'

export interface Outcome {
  passed: number
  failed: number
}

export interface Suite {
  name: string
  about: string
  needs: Need[]
  /** Whether it runs the built application. */
  built: boolean
  /** Part of a bare `npm test`. */
  always: boolean
  run(): Promise<Outcome> | Outcome
}

export const prepare = prepareMachine

export const suites: Suite[] = [
  { name: 'lint', about: 'types and style', needs: [], built: false, always: true, run: lint },
  { name: 'unit', about: 'beside the code', needs: ['curl', 'dbus', 'keyring', 'pyxnat'], built: false, always: true, run: () => vitest(['run']) },
  {
    name: 'archive',
    about: "pyxnat's own tests against the demo archive",
    needs: ['pyxnat'],
    built: false,
    always: true,
    run: async () => (await import('../test/archive/run.ts')).runArchiveSuite(),
  },
  {
    name: 'formats',
    about: 'every pattern, picture type and transfer syntax there and back; the real scans where they are',
    needs: ['dciodvfy'],
    built: false,
    always: true,
    run: () => vitest(['run', '--config', 'test/formats/vitest.config.ts']),
  },
  {
    name: 'fuzz',
    about: 'damaged files, the short form',
    needs: [],
    built: false,
    always: true,
    run: async () => (await import('../test/fuzz/run.ts')).runFuzzSuite(),
  },
  {
    name: 'quality',
    about: 'detection of generated faults, the short form',
    needs: [],
    built: false,
    always: true,
    run: async () => (await import('../test/quality/run.ts')).runQualitySuite(),
  },
  {
    name: 'engine',
    about: 'the contract of an engine, on Docker and on Podman',
    needs: ['docker', 'podman', 'busybox'],
    built: false,
    always: true,
    run: async () => (await import('../test/engine/run.ts')).runEngineSuite(),
  },
  {
    name: 'openstack',
    about: "the institute's OpenStack: real Keystone, Nova, Glance, Neutron, Swift, and machines that do what they are told",
    needs: ['openstack', 'dockerd', 'mmdebstrap', 'busybox', 'dbus', 'keyring'],
    built: true,
    always: true,
    run: () => vitest(['run', '--config', 'test/openstack/vitest.config.ts'], true),
  },
  {
    name: 'zun',
    about: "a stand-in for Zun held against python3-zunclient, and every engine's contract over it",
    needs: ['openstack', 'docker', 'busybox', 'zunclient'],
    built: false,
    always: true,
    run: async () => (await import('../test/zun/run.ts')).runZunSuite(),
  },
  {
    name: 'flow',
    about: 'the main job in Chromium, demo archive over HTTPS, real Docker',
    needs: ['docker', 'busybox', 'chromium', 'dbus', 'keyring'],
    built: true,
    always: true,
    run: () => playwright('flow', false),
  },
  {
    name: 'electron',
    about: 'the main job in Electron',
    needs: ['docker', 'xvfb', 'dbus', 'keyring', 'electron'],
    built: true,
    always: true,
    run: () => playwright('electron', true),
  },
  {
    name: 'chaos',
    about: 'everything that may go wrong, and nothing lost or left; the short form',
    needs: chaosNeeds,
    built: true,
    always: true,
    run: async () => (await import('../test/chaos/run.ts')).runChaosSuite(process.env.SCANSIDE_TEST_WHOLE !== '1'),
  },
  {
    name: 'screenshots',
    about: 'the pictures of the README',
    needs: ['docker', 'chromium', 'dbus', 'keyring'],
    built: true,
    always: false,
    run: () => playwright('screenshots', false),
  },
]

function lint(): Outcome {
  const checks = [
    ['biome', 'check', '--error-on-warnings', '.'],
    ...['oct', 'node', 'web', 'flow', 'electron33'].map((room) => ['tsc', '-p', `tsconfig.${room}.json`]),
  ]
  const failed = checks.filter(([tool = '', ...args]) => spawnSync('npx', [tool, ...args], { stdio: 'inherit' }).status !== 0).length
  return { passed: checks.length - failed, failed }
}

/** Runs vitest and counts its tests from its own report. `keyring`: within a session that has one, for tests that run the application. */
export function vitest(args: string[], keyring = false): Outcome {
  return reported((report) => {
    const command = ['vitest', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const ran = keyring
      ? spawnSync('dbus-run-session', ['--', 'bash', '-c', withKeyring(`npx ${command.join(' ')}`)], { stdio: 'inherit' })
      : spawnSync('npx', command, { stdio: 'inherit' })
    const told = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number }
    // A file that does not even load has no failed test, but it has failed.
    const failed = Math.max(told.numFailedTests, told.numFailedTestSuites > 0 || ran.status !== 0 ? 1 : 0)
    return { passed: told.numPassedTests, failed }
  })
}

function playwright(project: string, display: boolean): Outcome {
  return reported((report) => {
    const screen = display ? 'xvfb-run -a -s "-screen 0 1600x1000x24" ' : ''
    const command = `${screen}npx playwright test --config test/playwright.config.ts --project ${project}`
    const ran = spawnSync('dbus-run-session', ['--', 'bash', '-c', withKeyring(command)], {
      stdio: 'inherit',
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    })
    const { stats } = JSON.parse(readFileSync(report, 'utf8')) as { stats: { expected: number; unexpected: number; flaky: number; skipped: number } }
    const failed = stats.unexpected + stats.flaky + stats.skipped
    return { passed: stats.expected, failed: failed === 0 && ran.status !== 0 ? 1 : failed }
  })
}

function reported(run: (report: string) => Outcome): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-test-'))
  try {
    return run(join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
