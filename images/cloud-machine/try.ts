/**
 * Tries a machine's image: boots it once with the cloud-config of a made-up run and tells what the machine says on its console.
 *
 *   OS_CLIENT_CONFIG_FILE=clouds.yaml OS_CLOUD=institute npx tsx images/cloud-machine/try.ts --image scanside-machine --flavor m1.small
 *     [--network auto|none|ID] [--archive https://xnat.example.org --ca institute-ca.pem]
 *
 * The made-up token is refused: `problem token-refused` says that image, network and certificates are good; `archive-unreachable` that the machine
 * found no way to the archive or does not trust it. Needs no XNAT account and no Swift. The machine is deleted at the end, whatever happens.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { renderUserData } from '../../main/engines/nova/user-data.ts'
import { type RemoteJob, remoteName } from '../../main/engines/remote/job.ts'
import { createHttp } from '../../main/http/http.ts'
import { readClouds } from '../../main/openstack/clouds-yaml.ts'
import { connectCloud } from '../../main/openstack/connect.ts'
import type { NewServer } from '../../main/openstack/openstack.ts'
import { defaultLimits } from '../../main/pipelines/limits.ts'
import { ScansideError } from '../../oct/errors.ts'

const patienceMs = 15 * 60_000
const { values } = parseArgs({
  options: {
    image: { type: 'string', default: 'scanside-machine' },
    flavor: { type: 'string', default: '' },
    network: { type: 'string', default: 'auto' },
    archive: { type: 'string', default: 'https://xnat.invalid' },
    ca: { type: 'string' },
  },
})

const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** The entry that the environment names, with its certificates and its secret. */
function access() {
  const { OS_CLIENT_CONFIG_FILE: file = 'clouds.yaml', OS_CLOUD: name = '' } = process.env
  const clouds = textOf(file)
  if (clouds === null) throw new Error('OS_CLIENT_CONFIG_FILE names no clouds.yaml that can be read.')
  const entry = readClouds(clouds, textOf(join(dirname(file), 'secure.yaml'))).find((one) => one.name === name)
  if (!entry?.config || entry.secret === null) throw new Error(entry?.problem ?? `OS_CLOUD names no entry with a secret: “${name}”.`)
  const ca = entry.cacert === null ? [] : [readFileSync(entry.cacert, 'utf8')]
  return { config: { ...entry.config, ca, region: entry.config.region ?? entry.regions[0] ?? null }, secret: entry.secret }
}

/** A run like any other, of a scan that is nowhere. */
function madeUpJob(run: string): RemoteJob {
  return {
    run,
    install: randomUUID(),
    archive: { address: values.archive.replace(/\/+$/, ''), ca: values.ca === undefined ? [] : [readFileSync(values.ca, 'utf8')] },
    token: { kind: 'inline', alias: randomUUID(), secret: 'none' },
    image: { name: 'oct-quality', digest: '0'.repeat(64), source: { kind: 'present' } },
    inputs: [],
    argv: null,
    env: {},
    workingDir: null,
    mounts: [{ name: 'output', path: '/output', writable: true }],
    outputMount: 'output',
    limits: defaultLimits,
    home: { session: 'NONE', name: `try/1/${run}/results.json` },
    report: { kind: 'archive', folder: `try/1/${run}` },
    wholeDeadlineMs: 10 * 60_000,
  }
}

const named = <T extends { id: string; name: string }>(offered: T[], wanted: string, what: string): T => {
  const found = offered.find(({ id, name }) => id === wanted || name === wanted)
  if (!found) throw new Error(`The cloud offers no ${what} “${wanted}”: ${offered.map(({ name }) => name).join(', ')}`)
  return found
}

async function tryImage(): Promise<void> {
  const given = access()
  const http = createHttp({ userAgent: 'Scanside-try/1', roots: given.config.ca })
  const cloud = await connectCloud(given, { http })
  const { compute, images } = cloud
  if (!compute || !images) throw new Error('The cloud lacks Nova or Glance.')
  const run = randomUUID()
  const userData = renderUserData(madeUpJob(run))
  const { network } = values
  const order: NewServer = {
    name: remoteName(run),
    imageId: named(await images.list(), values.image, 'image').id,
    flavorId: named(await compute.flavors(), values.flavor, 'flavor').id,
    network: network === 'auto' || network === 'none' ? { kind: network } : { kind: 'given', id: network },
    zone: null,
    userData,
    metadata: {},
  }
  const began = Date.now()
  const tell = (text: string) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${text}`)
  const { id } = await compute.create(order)
  try {
    tell(`ordered, user_data ${userData.length} bytes`)
    let status = ''
    const said = new Set<string>()
    while (!['SHUTOFF', 'ERROR', 'DELETED'].includes(status) && Date.now() - began < patienceMs) {
      const server = await compute.server(id)
      if (server && server.status !== status) tell(`${server.status} ${server.fault?.message ?? ''}`)
      status = server?.status ?? 'DELETED'
      // Many clouds have no console any more once a machine is off.
      const text = status === 'ACTIVE' || status === 'SHUTOFF' ? await compute.console(id, 1_000).catch(() => null) : null
      for (const line of (text ?? '').split(/\r?\n/)) {
        const words = /scanside \S+ [a-z-]+ \S+|Cloud-init v\. .*|.*\bWARNING\b.*/.exec(line)?.[0]
        if (words && !said.has(words)) tell(`console: ${words}`)
        if (words) said.add(words)
      }
      await pause(500)
    }
  } finally {
    const deleting = Date.now()
    await compute.delete(id)
    while (await compute.server(id)) await pause(200)
    tell(`deleted, 404 after ${((Date.now() - deleting) / 1000).toFixed(1)} s`)
    await cloud.close()
    await http.close()
  }
}

try {
  await tryImage()
} catch (error) {
  console.error(error instanceof ScansideError || error instanceof Error ? error.message : error)
  process.exitCode = 1
}
