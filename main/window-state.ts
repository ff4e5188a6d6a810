/** The application's store: what the window always sees of this desk, put together from those who know it. */
import { type AppStore, appStoreSchema } from '../preload/contract.ts'
import type { ArchiveDesk } from './archive-desk.ts'
import type { CloudRoom } from './cloud/cloud.ts'
import { engineStatus, type LocalEngine } from './local-engine.ts'
import type { OutboxRoom } from './outbox/outbox.ts'
import type { PeopleRoom } from './people/people.ts'
import type { Runs } from './runs/runs.ts'
import type { Site } from './site/site-file.ts'
import { createStore, type Store } from './store/stores.ts'
import type { Vault } from './vault/vault.ts'

export interface WindowStateParts {
  /** What does not change while this process lives. */
  facts: Pick<AppStore, 'version' | 'front' | 'activity'>
  site: Site
  vault: Pick<Vault, 'status'>
  desk: Pick<ArchiveDesk, 'status'>
  people: Pick<PeopleRoom, 'status'>
  engine: Pick<LocalEngine, 'health'>
  cloud: Pick<CloudRoom, 'status'>
  counts: Runs['counts']
  outbox: OutboxRoom['counts']
  report(error: unknown): void
}

/** The store, and how to bring it up to date. */
export function createWindowState(parts: WindowStateParts): { appStore: Store<AppStore>; show(): void } {
  const { site } = parts
  const moving = () => ({
    keyring: parts.vault.status(),
    session: parts.desk.status(),
    people: parts.people.status(),
    engine: engineStatus(parts.engine.health()),
    cloud: parts.cloud.status(),
    counts: parts.counts(),
    outbox: parts.outbox(),
  })
  const fixed = { file: site.file, problem: site.problem, archive: site.archive, projects: site.projects, demo: site.demo }
  const appStore = createStore<AppStore>(appStoreSchema, { ...parts.facts, site: fixed, ...moving() }, parts.report)
  return { appStore, show: () => appStore.update(moving()) }
}
