import { fork } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:https'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { startBench } from './archive.fixture.ts'
import type { DemoReady } from './process.ts'

const https = (url: string, ca: string | undefined): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, { ...(ca === undefined ? {} : { ca }), agent: false, auth: 'demo:demo' }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })

let running: ReturnType<typeof fork> | undefined
afterEach(() => {
  running?.kill()
})

const start = (...args: string[]) => {
  running = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), args, { execArgv: ['--import', 'tsx'], stdio: 'ignore' })
  running.channel?.unref()
  return running
}
const ready = async (child: ReturnType<typeof fork>) => (await once(child, 'message'))[0] as DemoReady

describe('the child process', () => {
  it('says where it is, answers over HTTPS to who trusts its authority, and ends with its parent', async () => {
    const child = start()
    const told = await ready(child)
    expect(told).toMatchObject({ type: 'ready', user: 'demo', password: 'demo', http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })
    expect(await https(`${told.https}/data/projects`, told.ca)).toBe(200)
    await expect(https(`${told.https}/data/projects`, undefined)).rejects.toThrow(/certificate/)
    child.disconnect()
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })

  it('takes its settings from the first message', async () => {
    const child = start('--wait')
    child.send({ type: 'start', large: true })
    const told = await ready(child)
    const answer = await fetch(`${told.http}/data/projects?format=csv`, { headers: { Authorization: `Basic ${btoa('demo:demo')}` } })
    expect(await answer.text()).toContain('DEMO-LARGE')
  })
})

it('a context path comes before everything', async () => {
  const bench = await startBench({ contextPath: '/xnat' })
  expect(bench.archive.urls.http).toMatch(/\/xnat$/)
  const answer = await bench.call('/data/JSESSION')
  expect(answer.status).toBe(200)
  expect(answer.cookies.every((one) => one.includes('Path=/xnat'))).toBe(true)
  expect((await fetch(`${new URL(bench.archive.urls.http).origin}/data/projects`)).status).toBe(404)
  await bench.archive.stop()
})
