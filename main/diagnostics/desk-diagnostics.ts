/** The diagnostics room over a desk's own services: where its checks look, and what of the desk's names its report must not tell. */
import { arch, hostname, platform, release, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ArchiveDesk } from '../archive-desk.ts'
import type { Capabilities } from '../capabilities.ts'
import type { CloudRoom } from '../cloud/cloud.ts'
import type { DemoLab } from '../demo-lab.ts'
import type { Bulk } from '../doorway/bulk.ts'
import { createHttp } from '../http/http.ts'
import type { InboxRoom } from '../inbox/inbox.ts'
import { localTime } from '../inbox/local-time.ts'
import type { Labels } from '../labels.ts'
import type { LocalEngine } from '../local-engine.ts'
import type { PeopleRoom } from '../people/people.ts'
import type { Site } from '../site/site-file.ts'
import type { Lab } from '../store/lab.ts'
import { signKey } from '../store/lab-key.ts'
import type { OwedFile } from '../store/owed.ts'
import { freeIn } from '../this-machine.ts'
import type { Vault } from '../vault/vault.ts'
import { type SigningKey, signingKey } from './audit-export.ts'
import { lookAtCertificate } from './certificate.ts'
import { createDiagnosticsRoom, type DiagnosticsRoom } from './diagnostics.ts'
import { logFolder } from './log.ts'
import type { Known } from './redact.ts'
import type { AskArchive } from './round-trip.ts'

export interface DeskDiagnosticsParts {
  capabilities: Capabilities
  site: Site
  vault: Vault
  desk: Pick<ArchiveDesk, 'home' | 'session' | 'status'>
  demoLab: Pick<DemoLab, 'open'>
  engine: LocalEngine
  cloud: CloudRoom
  lab: Lab
  debts: Pick<OwedFile, 'list' | 'notice'>
  inbox: Pick<InboxRoom, 'forgetBefore' | 'store'>
  people: Pick<PeopleRoom, 'status' | 'locked'>
  bulk: Bulk
  labels: Pick<Labels, 'names'>
  /** This installation's opaque id. */
  install: string
  runs(): { active: number; waiting: number; owed: number }
  outbox(): { waiting: number; blocked: number; locked: number }
  now(): Date
}

const dayMs = 86_400_000

const hostOf = (address: string | null): string[] => {
  try {
    return address === null ? [] : [new URL(address).hostname]
  } catch {
    return []
  }
}
/** Names of accounts that are nobody's, and words a report is made of. */
const common = /^(?:root|admin|administrator|user|scanside|node|docker)$/i
const account = (): string[] => {
  try {
    return [userInfo().username].filter((name) => !common.test(name))
  } catch {
    // An account without an entry has no name to tell.
    return []
  }
}

export function createDeskDiagnostics(parts: DeskDiagnosticsParts): DiagnosticsRoom {
  const { capabilities, site, vault, desk, engine, cloud, lab, debts, people, now } = parts
  const address = () => desk.session().address() ?? site.archive

  const askSite: AskArchive = async ({ signal, path, method }) => {
    const http = createHttp({ userAgent: `Scanside/${capabilities.version}`, roots: site.ca, proxyFor: capabilities.proxyFor })
    signal.addEventListener('abort', () => void http.close(), { once: true })
    return http.request({ method, url: `${site.archive}${path}`, signal })
  }
  const known = (): Known => {
    const { archive, user } = desk.status()
    const { host, project, user: cloudUser, name } = cloud.status()
    const hosts = [...hostOf(address()), ...(archive ? [archive] : []), ...(host ? [host, host.replace(/:\d+$/, '')] : [])]
    const others = [user, project, cloudUser, name, ...(site.projects ?? [])].flatMap((each) => each ?? [])
    const here = people.status()
    const persons = [...(site.people ?? []), ...here.people].flatMap(({ id, name }) => [id, name])
    const folders = (site.inbox?.folders ?? []).flatMap(({ label, path }) => [label, path])
    const patients = parts.inbox.store.get().visits.map(({ patient }) => patient)
    // Labels of one or two signs are in every text.
    const labels = [...parts.labels.names(), ...patients].filter((label) => label.length > 2)
    const names = [...others, ...persons, ...folders, ...account(), hostname(), ...labels]
    return { hosts, names, salt: parts.install }
  }
  let key: Promise<SigningKey> | null = null

  return createDiagnosticsRoom({
    capabilities,
    runtime: [
      Object.entries({ electron: process.versions.electron, node: process.versions.node })
        .flatMap(([name, version]) => (version ? [`${name} ${version}`] : []))
        .join(', '),
      `${platform()} ${arch()} ${release()}`,
    ],
    site,
    lab,
    bulk: parts.bulk,
    inbox: parts.inbox,
    locked: people.locked,
    by: () => people.status().person?.id ?? desk.status().user ?? 'this desk',
    owedRuns: () => debts.list().map(({ runId }) => runId),
    places: {
      engine,
      vault,
      ownFree: () => freeIn(capabilities.dataFolder),
      engineFree: async () => (await engine.engine()?.freeBytes?.()) ?? null,
      archive: () => (desk.home() === null ? null : (request) => desk.session().request(request)),
      siteArchive: () => (site.archive === null ? null : askSite),
      certificate: async (signal) =>
        lookAtCertificate({
          address: address(),
          roots: desk.home()?.demo ? [(await parts.demoLab.open()).ca] : site.ca,
          proxyFor: capabilities.proxyFor,
          signal,
        }),
      cloud,
      records: () => ({
        kept: lab.kept,
        readOnly: lab.readOnly,
        movedAside: (lab.kept && !lab.readOnly && lab.notice !== null) || debts.notice !== null,
        runs: lab.runs.total(),
        owed: debts.list().length,
      }),
      outbox: parts.outbox,
      chain: lab.chain,
      now: () => now().getTime(),
    },
    counts: () => ({ ...parts.runs(), runs: lab.runs.total(), 'chain lines': lab.chain.extent().lines }),
    known,
    signingKey: () => {
      key ??= signKey(vault).then(signingKey)
      return key
    },
    logFolder: logFolder(capabilities.dataFolder),
    dayBefore: (days) => localTime(new Date(now().getTime() - days * dayMs)).day,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    now,
    report: capabilities.log,
  })
}
