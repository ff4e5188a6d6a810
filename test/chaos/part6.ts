/** Part 6: the loopback front under attack by programs and pages on the same machine. */
import type { ChaosCase, ChaosPart } from './part.ts'
import { doorCases } from './part6-doors.ts'
import { floodCases } from './part6-floods.ts'
import { type Front, startFront } from './part6-front.ts'
import { messageCases } from './part6-messages.ts'

let front: Front | null = null
let before = 0
let highest = 0

const started = (): Front => {
  if (!front) throw new Error('The front is not open.')
  return front
}

export const part: ChaosPart = {
  number: 6,
  title: 'the loopback front attacked: all refused, the window answered',
  short: 60,
  async open() {
    front = await startFront()
    before = front.memory()
    highest = before
  },
  async cases() {
    const at = started()
    const ticket = await at.window.call('scans.dropTicket', { size: 1, name: 'x.vol', set: null })
    if (!ticket.ok) throw new Error(ticket.error.message)
    const all = [...doorCases(at, (ticket.value as { url: string }).url), ...messageCases(at), ...floodCases(at)]
    return all.map(({ name, run }): ChaosCase => {
      return {
        name,
        async run() {
          await run()
          await at.alive()
          highest = Math.max(highest, at.memory())
        },
      }
    })
  },
  async close() {
    if (!front) return ''
    const { requests, messages } = front.counted
    await front.stop()
    front = null
    return `${requests} requests, ${messages} messages refused; memory ${Math.round(before)} -> at most ${Math.round(highest)} MiB`
  },
}
