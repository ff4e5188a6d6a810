/** Somebody in the middle of the cable to the archive; its own faults go on as they are. */
import type { Faults } from '../../../demo/faults.ts'
import type { FaultSwitches } from '../../../demo/server.ts'
import type { Middle } from '../proxy.ts'

export function onTheCable(faults: Faults, middle: Middle): FaultSwitches {
  return {
    tap: faults.tap,
    room: faults.room,
    ahead: faults.ahead,
    async before(request, response) {
      const agent = request.headers['user-agent'] ?? ''
      // The test's own questions are nobody's business.
      if (agent === 'scanside-test') return false
      const one = { service: 'archive', method: request.method ?? 'GET', path: request.url ?? '/', agent, token: '', body: '' }
      const what = await middle.before(one)
      if (what?.kind === 'cut-before') {
        request.socket.destroy()
        return true
      }
      if (what?.kind === 'answer') {
        response.writeHead(what.status, { 'content-type': 'application/json', ...what.headers }).end(what.body)
        return true
      }
      const end = response.end.bind(response) as (chunk?: unknown) => void
      response.end = ((chunk?: unknown) => {
        middle.after(one).then(() => {
          if (what?.kind === 'cut-after' || request.socket.destroyed) request.socket.destroy()
          else end(chunk)
        })
        return response
      }) as typeof response.end
      return faults.before(request, response)
    },
  }
}
