/** Sends what waits for the archive that is signed in. */
import type { Results } from '../../oct/results.ts'
import type { Desk } from './desk.ts'
import { eyeFirst, eyeUnknown } from './homing.ts'
import { sendHome } from './outbox.ts'

export interface Sending {
  results(run: string): Results | null
  isClosed(): boolean
}

/** Answers how many were read back there; those that could not be sent keep the reason as their message. */
export const sendAll = async (desk: Desk, { results, isClosed }: Sending, signal: AbortSignal): Promise<{ sent: number; tried: number }> => {
  const { lab } = desk
  const isOfUnknownEye = (run: string): boolean => {
    try {
      const found = results(run)
      return found !== null && eyeUnknown(found)
    } catch (error) {
      // What cannot be read any more says nothing of an eye; it is told when somebody opens it.
      desk.report(error)
      return false
    }
  }
  const home = desk.archive()
  const waiting = home ? lab.runs.waiting().filter((record) => record.archive === home.id) : []
  let sent = 0
  for (const record of waiting) {
    if (isClosed()) break
    // What an earlier version let wait is held to the same rule.
    if (isOfUnknownEye(record.id)) {
      lab.runs.save({ ...record, home: 'local', message: eyeFirst })
      continue
    }
    const answer = await sendHome(desk, record, signal)
    if ('published' in answer) {
      const at = desk.now().toISOString()
      const step = { state: record.state, at, note: `read back: ${answer.published.check}` }
      lab.runs.save({ ...record, home: 'read-back', message: null }, step)
      lab.chain.audit(at, desk.by(), 'results sent home and read back', record.id)
      const earlier = lab.chain.receipt(record.id)
      if (earlier) {
        const { chain: _chain, ...facts } = earlier
        lab.chain.addReceipt({ ...facts, id: desk.newId(), at, published: [answer.published] })
      }
      sent++
    } else {
      if (record.message !== answer.waits) lab.runs.save({ ...record, message: answer.waits })
      if (!answer.reachable) break
    }
  }
  return { sent, tried: waiting.length }
}
