/** What the clients of one OpenStack service each stand on: an endpoint of the catalog that is asked with a token, and answers or refuses in words. */
import type { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { HttpReply, HttpRequest } from '../http/http.ts'

export type ServiceType = 'identity' | 'compute' | 'image' | 'network' | 'object-store' | 'container'

/** How a sentence calls them. */
export const serviceNames: Record<ServiceType, string> = {
  identity: 'sign-in service (Keystone)',
  compute: 'compute service (Nova)',
  image: 'image service (Glance)',
  network: 'network service (Neutron)',
  'object-store': 'object store (Swift)',
  container: 'container service (Zun)',
}

export interface ServiceRequest {
  method: HttpRequest['method']
  /** Behind the endpoint, with its slash; names in it are percent-encoded already. */
  path: string
  /** Another base than the endpoint, on the same service: its root, its `/info`. */
  base?: string
  query?: Record<string, string>
  /** Lower-case names. */
  headers?: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is. */
  body?: HttpRequest['body']
  /** Statuses beside 2xx that are answers, not refusals. */
  answers?: readonly number[]
  timeouts?: HttpRequest['timeouts']
  signal?: AbortSignal | undefined
}

export interface Service {
  readonly type: ServiceType
  /** The catalog's address, without a slash at its end. */
  readonly url: string
  /**
   * Asks with a good token; a 401 signs in again once and asks again. GET, HEAD and DELETE are asked again where the cloud asks for patience; what
   * creates is sent once.
   * @throws ScansideError for every status that is neither 2xx nor among `answers`
   */
  ask(request: ServiceRequest): Promise<HttpReply>
  /** Cloud's clock now, ms. */
  now(): number
}

const jsonLimit = 32 * 1024 * 1024

/**
 * The body as this schema says it.
 * @throws ScansideError `not-supported` where it is something else
 */
export const readAs = async <T extends z.ZodType>(schema: T, reply: HttpReply, type: ServiceType): Promise<z.infer<T>> => {
  const parsed = schema.safeParse(await reply.json(jsonLimit), { jitless: true })
  if (parsed.success) return parsed.data
  throw new ScansideError('not-supported', `The cloud’s ${serviceNames[type]} answered in a form Scanside does not know. Nothing was changed.`, {
    reason: 'unknown-form',
    at: (parsed.error.issues[0]?.path ?? []).join('.').slice(0, 100),
  })
}

export interface Microversion {
  major: number
  minor: number
}

/** `2.37` as numbers; null for anything else. */
export const parseMicroversion = (text: string): Microversion | null => {
  const match = /^(\d{1,3})\.(\d{1,4})$/.exec(text)
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : null
}

const before = (a: Microversion, b: Microversion): boolean => a.major < b.major || (a.major === b.major && a.minor < b.minor)

/**
 * The lowest microversion that gives what is needed and that the service still speaks; never its newest, whose meaning may change.
 * @param range as the service's root says it: `min_version` and `version` (or `max_version`)
 * @throws ScansideError `not-supported` where its newest is older than `needed`
 */
export const chooseMicroversion = (type: ServiceType, needed: string, range: { min: string; max: string }): string => {
  const least = parseMicroversion(needed)
  const min = parseMicroversion(range.min)
  const max = parseMicroversion(range.max)
  if (!least || !max || before(max, least)) {
    throw new ScansideError(
      'not-supported',
      `The cloud’s ${serviceNames[type]} is too old: Scanside needs microversion ${needed}, it offers ${max ? range.max : 'none'}. Ask the cloud’s administrator for a newer release.`,
      { reason: 'microversion', needed, offered: max ? range.max : 'none' },
    )
  }
  return min && before(least, min) ? range.min : needed
}

const maxPages = 1_000

/**
 * A whole listing, page by page from the last id of the page before: the links a cloud gives may name an address that is not reached from here.
 * @param one a page behind `marker`, and whether the cloud has more
 * @throws ScansideError `not-supported` where it never ends: a listing that is cut off would say of something left behind that it is gone
 */
export const byMarkers = async <T extends { id: string }>(
  type: ServiceType,
  one: (marker: Record<string, string>) => Promise<{ items: T[]; more: boolean }>,
): Promise<T[]> => {
  const all: T[] = []
  let marker: string | null = null
  for (let page = 0; page < maxPages; page += 1) {
    const { items, more } = await one(marker === null ? {} : { marker })
    all.push(...items)
    const last = items.at(-1)
    if (!more || !last) return all
    if (last.id === marker) break
    marker = last.id
  }
  throw new ScansideError(
    'not-supported',
    `The cloud’s ${serviceNames[type]} lists without end. Nothing was changed; tell the cloud’s administrator.`,
    {
      reason: 'endless-listing',
    },
  )
}

/** An address without what stands behind its version: `https://nova/v2.1/abc` and `v2.1` give `https://nova`; without a version the whole. */
export const rootOf = (url: string): string => url.replace(/\/v\d+(\.\d+)?(\/.*)?$/, '').replace(/\/+$/, '')
