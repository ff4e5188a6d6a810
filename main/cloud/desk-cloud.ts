/** This desk's cloud, put together: who connects, who runs there, and what it may ask of the rest of Scanside. */
import { join } from 'node:path'
import type { ArchiveDesk } from '../archive-desk.ts'
import type { Capabilities } from '../capabilities.ts'
import type { ProcessWatch } from '../engines/docker/process-start.ts'
import { createHttp } from '../http/http.ts'
import type { LocalEngine } from '../local-engine.ts'
import type { Site } from '../site/site-file.ts'
import type { Lab } from '../store/lab.ts'
import type { OwedFile } from '../store/owed.ts'
import { textOrNull } from '../this-machine.ts'
import type { Vault } from '../vault/vault.ts'
import type { CloudRoom } from './cloud.ts'
import { type Connector, createConnector } from './connector.ts'
import { cloudEngines } from './engines.ts'
import { imageOf } from './image-of.ts'
import { createCloudRoom } from './room.ts'

export interface DeskCloudParts {
  capabilities: Capabilities
  site: Site
  vault: Vault
  lab: Lab
  debts: OwedFile
  desk: ArchiveDesk
  engine: LocalEngine
  /** Opaque id of this installation. */
  install: string
  processes: ProcessWatch
  platform: 'linux' | 'darwin' | 'win32'
  /** The person's home folder. */
  home: string
  now(): Date
}

/** Nothing is asked of any cloud before somebody signs in, or the keyring has a sign-in of before. */
export function createDeskCloud(parts: DeskCloudParts): { cloud: CloudRoom; clouds: Connector } {
  const { capabilities, site, vault, lab, debts, desk, engine, install, now } = parts
  const { version, log, dataFolder, env } = capabilities
  const clouds = createConnector({
    http: (roots) => createHttp({ userAgent: `Scanside/${version}`, roots, proxyFor: capabilities.proxyFor }),
    siteRoots: site.ca,
    install,
    now: Date.now,
  })
  const cloud = createCloudRoom({
    connect: clouds.connect,
    exchange: clouds.exchange,
    withdraw: clouds.withdraw,
    site,
    vault,
    settings: lab.settings,
    engineFor: cloudEngines({
      tokens: desk.runTokens,
      archive: desk.home,
      debts,
      install,
      process: parts.processes,
      now,
      images: async () => [...((await engine.engine()?.images.list()) ?? []), ...(site.cloud?.pipelines ?? [])],
      report: (error) => log('cloud engine', error),
    }),
    debts: () => debts.list(),
    install,
    activeRuns: () => new Set(lab.runs.active().map(({ id }) => id)),
    imageOf: (pipeline, signal) => imageOf({ pipeline, images: async () => engine.needed().images, shipped: capabilities.shippedImage }, signal),
    spool: join(dataFolder, 'image-spool'),
    readFile: textOrNull,
    platform: parts.platform,
    env,
    home: parts.home,
    now: Date.now,
    report: (error) => log('cloud', error),
  })
  return { cloud, clouds }
}
