/** One request on its way through the archive, with everything a handler may use. */
import type { IncomingMessage } from 'node:http'
import type { Gate, Session, User } from './auth.ts'
import type { Query, Reply } from './http.ts'
import type { Lab } from './model.ts'
import type { Store } from './store.ts'

/** What a site decides for itself. */
export interface Site {
  /** `''`, or `/xnat` where the archive does not live at the root. */
  contextPath: string
  /** Whether the administrator has set up xnat:optSessionData and xnat:opSessionData; a fresh XNAT has not. */
  ophthalmicTypes: boolean
  /** Whether file lists carry MD5 digests. */
  checksums: boolean
}

export interface Exchange {
  lab: Lab
  gate: Gate
  site: Site
  store: Store
  request: IncomingMessage
  method: string
  /** Decoded path variables by name. */
  params: Record<string, string>
  query: Query
  user: User
  session: Session
}

export type Handler = (x: Exchange) => Promise<Reply> | Reply
