/**
 * Bytes across the doorway: `/bulk/<ticket>[/<rest>]`. A ticket is minted by a method, names nothing, and ends when its owner revokes it.
 * One function from Request to Response, bound by protocol.handle in Electron and by HTTP in the loopback front.
 */
import { randomBytes } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import { type LogUnexpected, toWire } from './dispatch.ts'
import { answerHeaders } from './headers.ts'

/** `rest` is what follows the ticket, without the slash. Errors it throws become an answer with the error's sentence as JSON. */
export type BulkHandler = (request: Request, rest: string) => Promise<Response>

export interface Bulk {
  /** A fresh `/bulk/<ticket>`. */
  mint(handler: BulkHandler): string
  revoke(url: string): void
  handle(request: Request): Promise<Response>
}

const pattern = /^\/bulk\/([A-Za-z0-9_-]{32})(?:\/([A-Za-z0-9/%+_.!~*'()-]{0,200}))?$/

/** Makes the ticket office. Answers carry no-store and the page's CSP. */
export function createBulk(logUnexpected: LogUnexpected): Bulk {
  const tickets = new Map<string, BulkHandler>()
  return {
    mint(handler) {
      const ticket = randomBytes(24).toString('base64url')
      tickets.set(ticket, handler)
      return `/bulk/${ticket}`
    },
    revoke(url) {
      tickets.delete(pattern.exec(url)?.[1] ?? '')
    },
    async handle(request) {
      const match = pattern.exec(new URL(request.url).pathname)
      const handler = tickets.get(match?.[1] ?? '')
      try {
        if (!handler) throw new ScansideError('not-found', 'This is no longer open. Open the scan again.')
        const answer = await handler(request, match?.[2] ?? '')
        for (const [name, value] of Object.entries(answerHeaders(answer.headers.get('content-type') ?? 'application/octet-stream')))
          answer.headers.set(name, value)
        return answer
      } catch (error) {
        const wire = toWire(error, 'bulk', logUnexpected)
        return Response.json(wire, { status: wire.code === 'not-found' ? 404 : 400, headers: answerHeaders('application/json') })
      }
    },
  }
}
