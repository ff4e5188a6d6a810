/**
 * The window's end of the doorway. In Electron the preload script puts a bridge into the window; in a browser on this machine the same
 * bridge is built over a WebSocket to the loopback front. Nothing else in the renderer knows which of the two it is.
 */
import { ScansideError } from '../oct/errors.ts'
import type { Bridge, Reply } from '../preload/contract.ts'
import { pageClipboard } from './page-clipboard.ts'

declare global {
  interface Window {
    scanside?: Bridge
  }
}

const keyName = 'scanside-key'
/** The loopback front's word for a key it does not know. */
const keyRefused = 4401

/** The doorway, open. In a browser: exchanges the one-time token of the address for a session key, then opens the socket. */
export async function connect(): Promise<Bridge> {
  if (window.scanside) return window.scanside
  return openSocket(await sessionKey())
}

/** Fetches a `/bulk/…` address; in a browser it carries the session key, which no cookie could keep to one port. */
export function bulkFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  const key = window.scanside ? null : sessionStorage.getItem(keyName)
  if (key) headers.set('authorization', `Bearer ${key}`)
  return fetch(path, { ...init, headers, cache: 'no-store' })
}

async function sessionKey(): Promise<string> {
  const token = window.location.hash.slice(1)
  if (!token) return sessionStorage.getItem(keyName) ?? ''
  // The token leaves the address bar before anything else happens: it must not stay in the history.
  window.history.replaceState(null, '', window.location.pathname)
  const answer = await fetch('/session', { method: 'POST', body: token, cache: 'no-store' })
  if (!answer.ok) return sessionStorage.getItem(keyName) ?? ''
  const key = await answer.text()
  sessionStorage.setItem(keyName, key)
  return key
}

type Incoming = { id: number; reply: Reply } | { event: string; payload: unknown } | { welcome: true }

function openSocket(key: string): Promise<Bridge> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${window.location.host}/doorway`)
    const waiting = new Map<number, (reply: Reply) => void>()
    const listeners = new Map<string, Set<(payload: unknown) => void>>()
    let last = 0
    const gone: Reply = {
      ok: false,
      error: { code: 'unreachable', message: 'Scanside has ended. Runs and results are kept. Start it again to go on.', details: {} },
    }

    socket.onopen = () => socket.send(JSON.stringify({ key }))
    socket.onerror = () => reject(new Error('closed'))
    socket.onclose = ({ code }) => {
      reject(code === keyRefused ? new ScansideError('unauthorized', 'This address was used or is too old.') : new Error('closed'))
      for (const answer of waiting.values()) answer(gone)
      waiting.clear()
    }
    socket.onmessage = (message) => {
      const incoming = JSON.parse(String(message.data)) as Incoming
      if ('welcome' in incoming) {
        resolve(bridge)
      } else if ('event' in incoming) {
        for (const listener of listeners.get(incoming.event) ?? []) listener(incoming.payload)
      } else {
        waiting.get(incoming.id)?.(incoming.reply)
        waiting.delete(incoming.id)
      }
    }

    const bridge: Bridge = {
      invoke: (method, input) => {
        // The clipboard belongs to the window's machine: here that is the browser's own, which a page may write on a person's click.
        if (method === 'app.copyText') return copyText(input)
        if (socket.readyState !== WebSocket.OPEN) return Promise.resolve(gone)
        last += 1
        const id = last
        return new Promise((answer) => {
          waiting.set(id, answer)
          socket.send(JSON.stringify({ id, method, input }))
        })
      },
      on: (event, listener) => {
        const known = listeners.get(event) ?? new Set()
        known.add(listener)
        listeners.set(event, known)
        return () => known.delete(listener)
      },
    }
  })
}

async function copyText(input: unknown): Promise<Reply> {
  try {
    await navigator.clipboard.writeText((input as { text: string }).text)
    pageClipboard.copied()
    return { ok: true, value: undefined }
  } catch {
    return {
      ok: false,
      error: { code: 'not-supported', message: 'The browser does not let this page copy. Select the text and copy it by hand.', details: {} },
    }
  }
}
