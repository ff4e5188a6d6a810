/**
 * `npm run bench:cloud`: what Scanside adds to the cloud's own time. The cloud's own is asked by curl in the same run, in turns: `POST /servers`
 * to ACTIVE and `DELETE` to 404, same flavor, image, network and length of user_data. Ours: from the run's start (token issued, object container
 * made, machine ordered) until the engine has seen ACTIVE, and from the wipe's begin until machine, objects and token are proved gone.
 * The cloud is the one of OS_CLIENT_CONFIG_FILE and OS_CLOUD; machines need not compute, so a fake hypervisor will do. `--machines 1,10,40`
 */
import { parseArgs } from 'node:util'
import { cloudByCurl } from './cloud-curl.ts'
import { openCloudDesk } from './cloud-desk.ts'

const { values } = parseArgs({
  options: {
    machines: { type: 'string', default: '1,10,40' },
    image: { type: 'string', default: 'analysis-base' },
    flavor: { type: 'string', default: 'm1.tiny' },
    network: { type: 'string', default: 'lab-net' },
  },
})

/** Rounds per number of machines: fewer where each takes longer. */
const roundsOf = (machines: number): number => (machines === 1 ? 7 : machines <= 10 ? 3 : 1)
const goals = { addedMs: 1_000, ratio: 1.2 }

interface Turn {
  /** ms until all are ACTIVE, and from there until nothing is left */
  up: number
  down: number
}

const median = (numbers: number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

if (!process.env.OS_CLIENT_CONFIG_FILE || !process.env.OS_CLOUD) {
  console.error('Not run: OS_CLIENT_CONFIG_FILE and OS_CLOUD name no cloud.')
  process.exit(2)
}
const desk = await openCloudDesk({ image: values.image, flavor: values.flavor, network: values.network })
const curl = await cloudByCurl(desk.baseline)
try {
  console.log(
    ['machines', 'rounds', 'up: cloud', 'ours', 'down: cloud', 'ours', 'both: added', 'ratio', 'goal'].map((head) => head.padStart(13)).join(''),
  )
  // Warm: the first of each pays for caches neither should be judged by.
  await curl.turn(1)
  await desk.turn(1)
  for (const machines of values.machines.split(',').map(Number)) {
    const room = await desk.room()
    if (room >= 0 && room < machines) {
      console.log(`${String(machines).padStart(13)}  not run: the quota leaves room for ${room}`)
      continue
    }
    const theirs: Turn[] = []
    const ours: Turn[] = []
    for (let round = 0; round < roundsOf(machines); round += 1) {
      theirs.push(await curl.turn(machines))
      ours.push(await desk.turn(machines))
    }
    const of = (turns: Turn[], part: (turn: Turn) => number) => median(turns.map(part))
    const base = of(theirs, ({ up, down }) => up + down)
    const mine = of(ours, ({ up, down }) => up + down)
    const goal = machines === 1 ? `+${goals.addedMs} ms` : `${goals.ratio.toFixed(1)} x`
    const cells = [
      machines,
      theirs.length,
      `${of(theirs, ({ up }) => up).toFixed(0)} ms`,
      `${of(ours, ({ up }) => up).toFixed(0)} ms`,
      `${of(theirs, ({ down }) => down).toFixed(0)} ms`,
      `${of(ours, ({ down }) => down).toFixed(0)} ms`,
      `${(mine - base).toFixed(0)} ms`,
      (mine / base).toFixed(2),
      goal,
    ]
    console.log(cells.map((cell) => String(cell).padStart(13)).join(''))
  }
  for (const [name, times] of desk.steps) console.log(`  ${name.padEnd(10)} median ${median(times).toFixed(0)} ms`)
} finally {
  await curl.close()
  await desk.close()
}
