/** Questions to the archive whose answers are judged in one place: a list is a list, a refusal is a sentence, a page for people is neither. */
import { ScansideError } from '../../oct/errors.ts'
import type { HttpReply } from '../http/http.ts'
import { answerOf, type ConnectionRequest } from './connection.ts'
import { dataRefusal } from './refusal.ts'
import { type Row, readRows } from './rows.ts'

/** A request in the signed-in session; `createSession` offers it. */
export type Ask = (request: ConnectionRequest) => Promise<HttpReply>

const listLimit = 64 * 1024 * 1024
/** A list that goes on for longer, however slowly, is not waited for, ms. */
const listPatienceMs = 5 * 60_000

/** A path with query parameters; values are encoded. */
export const withQuery = (path: string, query: Record<string, string>): string => `${path}?${new URLSearchParams(query)}`

/** @throws ScansideError for every status but 200; `what` names the thing (`this session`) */
export const expectOk = async (reply: HttpReply, what: string): Promise<HttpReply> => {
  if (reply.status === 200 || reply.status === 201) return reply
  throw dataRefusal(await answerOf(reply), what)
}

/** A list's rows; `format=json` is added. */
export const askRows = async (ask: Ask, path: string, query: Record<string, string>, what: string, signal?: AbortSignal): Promise<Row[]> => {
  const patience = AbortSignal.timeout(listPatienceMs)
  const until = signal ? AbortSignal.any([signal, patience]) : patience
  const reply = await ask({ method: 'GET', path: withQuery(path, { ...query, format: 'json' }), signal: until })
  await expectOk(reply, what)
  return readRows(await reply.json(listLimit))
}

/** The same, but empty where there is no such thing. */
export const askRowsIfThere = async (ask: Ask, path: string, query: Record<string, string>, what: string, signal?: AbortSignal): Promise<Row[]> => {
  try {
    return await askRows(ask, path, query, what, signal)
  } catch (error) {
    if (error instanceof ScansideError && error.code === 'not-found') return []
    throw error
  }
}
