/** One function per method of the contract: thin, each calls the service it belongs to. */
import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeWebStream } from 'node:stream/web'
import { ScansideError } from '../oct/errors.ts'
import { pipeline as analysis } from '../oct/quality/judge.ts'
import type { AppStore, Handlers, RunsStore, ScanRow } from '../preload/contract.ts'
import type { ArchiveDesk } from './archive-desk.ts'
import type { Capabilities } from './capabilities.ts'
import type { CloudRoom } from './cloud/cloud.ts'
import type { DiagnosticsRoom } from './diagnostics/diagnostics.ts'
import type { Bulk } from './doorway/bulk.ts'
import type { GradingRoom } from './grading/grading.ts'
import type { InboxRoom } from './inbox/inbox.ts'
import { titleOfLocal } from './inbox/title.ts'
import type { Labels } from './labels.ts'
import type { LocalEngine } from './local-engine.ts'
import type { OfflineRoom } from './offline/offline.ts'
import type { Operations } from './operations.ts'
import type { OutboxRoom } from './outbox/outbox.ts'
import type { PeopleRoom } from './people/people.ts'
import { pictureTicket, textTicket } from './pictures.ts'
import type { DeskPipelines } from './pipelines/pipelines.ts'
import type { Runs } from './runs/runs.ts'
import type { Scans } from './scans/open.ts'
import type { Site } from './site/site-file.ts'
import type { Lab } from './store/lab.ts'
import type { Store } from './store/stores.ts'
import type { Vault } from './vault/vault.ts'

export interface HandlerParts {
  capabilities: Capabilities
  appStore: Store<AppStore>
  runsStore: Store<RunsStore>
  vault: Vault
  site: Site
  desk: ArchiveDesk
  labels: Labels
  engine: LocalEngine
  pipelines: DeskPipelines
  operations: Operations
  bulk: Bulk
  runs: Runs
  scans: Scans
  lab: Lab
  people: PeopleRoom
  inbox: InboxRoom
  grading: GradingRoom
  cloud: CloudRoom
  outbox: OutboxRoom
  offline: OfflineRoom
  diagnostics: DiagnosticsRoom
  /** Tells the window what has changed. */
  show(): void
}

export function createHandlers(parts: HandlerParts): Handlers {
  const { capabilities, desk, engine, operations, runs, scans, labels } = parts

  const neededUnlocked = () => {
    if (parts.people.locked()) throw new ScansideError('forbidden', 'This desk is locked. Pick your name to go on.')
  }
  /** What the window calls a scan of the Inbox are the device's patient and visit: they are shown, and kept with no run. */
  const withoutIdentity = (input: Parameters<Runs['start']>[0]) => {
    const inbox = parts.inbox.store.get()
    if (!input.refs.some((ref) => ref.kind === 'local' && titleOfLocal(inbox, ref.local) !== null)) return input
    return { ...input, subject: input.refs.length === 1 ? '1 scan' : `${input.refs.length} scans` }
  }
  /** The site's archive where it fixes one; whatever else the window asked for is refused. */
  const allowedAddress = (address: string): string => {
    const fixed = parts.site.archive
    if (fixed === null || address.trim() === '' || address === fixed) return fixed ?? address
    throw new ScansideError('forbidden', 'The site file of this desk fixes the archive. Leave its address as it is, or ask your administrator.')
  }
  const withVerdicts = (rows: ScanRow[]): ScanRow[] => {
    const home = desk.home()
    labels.sawScans(rows)
    return rows.map((row) => {
      const known = home && runs.verdictFor(home.id, row.session, row.id)
      return known ? { ...row, verdict: known.verdict, checkedWith: known.pipeline } : row
    })
  }
  const loadArchive = (open: (signal: AbortSignal) => Promise<{ bytes: Readable; size: number }>) =>
    operations.run('load-image', async (signal, report) => {
      report(null, 'Preparing the image …')
      const { bytes, size } = await open(signal)
      try {
        const image = await engine
          .needed()
          .images.load(bytes, signal, (sent) => report(size > 0 ? Math.min(1, sent / size) : null, 'Loading the image …'))
        return `${image.names[0] ?? 'The image'} is loaded.`
      } finally {
        // Whoever sends the rest must not wait for a reader that is gone.
        bytes.destroy()
      }
    })

  return {
    'app.snapshot': () => ({ app: parts.appStore.get(), runs: parts.runsStore.get(), inbox: parts.inbox.store.get() }),
    'app.recheckKeyring': async () => {
      await parts.vault.recheck()
      parts.show()
    },
    'app.copyText': ({ text }) => capabilities.copyText(text),
    'app.pictureTicket': (picture) => pictureTicket(capabilities.pictures, parts.bulk, picture),
    'app.textTicket': (text) => textTicket(capabilities.pictures, parts.bulk, text),

    'session.probe': ({ address }) => desk.session().probe(allowedAddress(address)),
    'session.signIn': ({ address, ...input }) => desk.session().signIn({ ...input, address: allowedAddress(address) }),
    'session.signInWithToken': ({ address, ...input }) => desk.session().signInWithToken({ ...input, address: allowedAddress(address) }),
    'session.signOut': ({ force }) => desk.signOut({ force, waiting: runs.counts().waiting }),
    'demo.open': async () => {
      if (!parts.site.demo) throw new ScansideError('forbidden', 'The site file of this desk switches the demo lab off.')
      await desk.openDemo()
    },

    'archive.projects': () => desk.archive().projects(),
    'archive.sessions': async ({ project, offset, limit }) => {
      neededUnlocked()
      const page = await desk.archive().sessions(project, offset, limit)
      labels.sawSessions(page.rows)
      return page
    },
    'archive.projectScans': async ({ project, offset, limit }) => {
      neededUnlocked()
      const page = await desk.archive().projectScans(project, offset, limit)
      return { ...page, rows: withVerdicts(page.rows) }
    },
    'archive.scans': async ({ project, session }) => {
      neededUnlocked()
      return withVerdicts(await desk.archive().scans(project, session))
    },

    'cloud.found': () => parts.cloud.found(),
    'cloud.read': (input) => parts.cloud.read(input),
    'cloud.use': (input) => parts.cloud.use(input),
    'cloud.signIn': (input) => parts.cloud.signIn(input),
    'cloud.signOut': ({ force }) => parts.cloud.signOut({ force, working: runs.inCloud() }),
    'cloud.refresh': () => parts.cloud.refresh(),
    'cloud.offers': () => parts.cloud.offers(),
    'cloud.choose': (choices) => parts.cloud.choose(choices),
    'cloud.left': () => parts.cloud.left(),
    'cloud.clean': async () => {
      await runs.payOwed()
      // Also what is there by its label and not written down, and what belongs to an engine that is not chosen now.
      for (const each of parts.cloud.engines()) await each.reap()
      const { things } = await parts.cloud.left()
      return { left: things.filter(({ use }) => use === 'owed').length }
    },
    'cloud.sendImage': ({ pipeline }) => ({
      operation: operations.run('send-image', (signal, report) => parts.cloud.sendImage(pipeline, signal, report)),
    }),
    'runs.estimate': (input) => runs.estimate(input),

    'pipelines.list': () => parts.pipelines.list(),
    'pipelines.shipped': async () => {
      const listed = engine.engine() ? await parts.pipelines.list() : []
      return {
        available: capabilities.shippedImage !== null,
        loaded: listed.some(({ name, version, builtin }) => name === analysis.name && version === analysis.version && !builtin),
        name: 'OCT quality',
      }
    },
    'pipelines.loadShipped': () => {
      const make = capabilities.shippedImage
      if (!make) throw new ScansideError('not-supported', 'This installation came without the OCT quality image. Load it from a file.')
      engine.needed()
      return {
        operation: loadArchive(async (signal) => {
          const file = await make(signal)
          return { bytes: createReadStream(file), size: statSync(file).size }
        }),
      }
    },
    'pipelines.loadTicket': ({ size }) => {
      engine.needed()
      let arrived: (bytes: Readable) => void = () => undefined
      const bytes = new Promise<Readable>((resolve) => {
        arrived = resolve
      })
      const operation = loadArchive(async (signal) => {
        const cancelled = new Promise<never>((_, reject) => {
          const stop = () => {
            parts.bulk.revoke(url)
            reject(new ScansideError('cancelled', 'Cancelled.'))
          }
          signal.addEventListener('abort', stop, { once: true })
          if (signal.aborted) stop()
        })
        return { bytes: await Promise.race([bytes, cancelled]), size }
      })
      const url = parts.bulk.mint(async (request) => {
        parts.bulk.revoke(url)
        if (request.method !== 'PUT' || !request.body)
          throw new ScansideError('invalid-file', 'The file is empty. Nothing was changed; choose the image archive again.')
        const body = Readable.fromWeb(request.body as NodeWebStream)
        // It may break off before anybody reads it, and an error that nobody hears ends the process.
        body.on('error', () => undefined)
        arrived(body)
        await new Promise((resolve) => body.once('close', resolve))
        return new Response(null, { status: 204 })
      })
      return { url, operation }
    },
    'pipelines.pull': ({ image }) => {
      const images = engine.needed().images
      return {
        operation: operations.run('pull-image', async (signal, report) => {
          const pulled = await images.pull(image, signal, (share) => report(share, 'Fetching the image …'))
          return `${pulled.names[0] ?? 'The image'} is here.`
        }),
      }
    },
    'operations.cancel': ({ operation }) => operations.cancel(operation),

    'engine.refresh': () => engine.refresh(),
    'engine.setEndpoint': async ({ endpoint }) => {
      parts.lab.settings.set('engine-endpoint', endpoint.trim() === '' ? null : endpoint.trim())
      await engine.refresh()
    },

    'scans.dropTicket': (input) => scans.dropTicket(input),
    'scans.open': ({ ref, operation }) => {
      // No image is shown until somebody has picked their name, whatever the window asks for.
      neededUnlocked()
      return operations.during(operation, 'open-scan', async (signal, report) => {
        const open = await scans.open(ref, signal, (bytes, total) => report(total ? Math.min(1, bytes / total) : null, 'Fetching the scan …'))
        try {
          // It may have been locked while the scan was on its way.
          neededUnlocked()
        } catch (error) {
          await scans.close(open.bulk)
          throw error
        }
        parts.grading.opened(open.bulk, ref)
        return open
      })
    },
    'scans.close': ({ bulk }) => scans.close(bulk),

    'runs.start': (input) => {
      neededUnlocked()
      return runs.start(withoutIdentity(input))
    },
    'runs.cancel': ({ run }) => runs.cancel(run),
    'runs.list': ({ offset, limit }) => {
      neededUnlocked()
      return runs.list(offset, limit)
    },
    'runs.get': ({ run }) => {
      neededUnlocked()
      return runs.get(run)
    },
    'runs.log': ({ run, after }) => runs.log(run, after),
    'runs.payOwed': () => runs.payOwed(),

    ...parts.people.handlers,
    ...parts.inbox.handlers,
    ...parts.grading.handlers,
    ...parts.outbox.handlers,
    ...parts.offline.handlers,
    ...parts.diagnostics.handlers,
  }
}
