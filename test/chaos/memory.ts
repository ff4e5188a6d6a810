/** What a process takes, asked by the inspector of Node: after it has been made to collect its garbage. */
import { readFileSync } from 'node:fs'
import WebSocket from 'ws'

export interface Memory {
  /** bytes: JavaScript's own and what it holds outside of its heap */
  held: number
  /** bytes: all of the process in this machine's memory */
  resident: number
}

/** To be in the environment of the process that is to be measured. */
export const measurable = '--inspect=127.0.0.1:0'

/** `output`: what it has printed, among it where its inspector listens. */
export async function memoryOf(pid: number, output: string): Promise<Memory> {
  const address = /Debugger listening on (ws:\S+)/.exec(output)?.[1]
  if (!address) throw new Error('The process says nothing of an inspector.')
  const socket = new WebSocket(address)
  const answers = new Map<number, (result: { result?: { value?: number } }) => void>()
  let asked = 0
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('message', (data) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: { result?: { value?: number } } }
    if (id !== undefined) answers.get(id)?.(result ?? {})
  })
  const ask = (method: string, params: object = {}) =>
    new Promise<{ result?: { value?: number } }>((resolve) => {
      answers.set(++asked, resolve)
      socket.send(JSON.stringify({ id: asked, method, params }))
    })
  try {
    // Twice: what the first frees may have held more.
    for (let times = 0; times < 2; times++) await ask('HeapProfiler.collectGarbage')
    const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())'
    const { result } = await ask('Runtime.evaluate', { expression, returnByValue: true })
    return { held: result?.value ?? Number.NaN, resident: residentOf(pid) }
  } finally {
    socket.close()
  }
}

const residentOf = (pid: number): number => {
  const told = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(told) * 1024
}
