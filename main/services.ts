/**
 * The composition root: every service is built here and handed what it needs, and nothing more. Both fronts call it once.
 * Who reads this and `preload/contract.ts` knows the whole application.
 */
import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultProfile } from '../oct/quality/profile.ts'
import { type EventName, type Handlers, type RunSummary, runsStoreSchema } from '../preload/contract.ts'
import { createArchiveDesk } from './archive-desk.ts'
import type { Capabilities } from './capabilities.ts'
import { type Closing, closeInOrder } from './closing.ts'
import { createDeskCloud } from './cloud/desk-cloud.ts'
import { createDemoLab } from './demo-lab.ts'
import { createDeskDiagnostics } from './diagnostics/desk-diagnostics.ts'
import { type Bulk, createBulk } from './doorway/bulk.ts'
import { toWire } from './doorway/dispatch.ts'
import { createBuiltinEngine } from './engines/builtin/engine.ts'
import { builtinImage } from './engines/builtin/image.ts'
import { createJudging } from './engines/builtin/judges.ts'
import { watchProcesses } from './engines/docker/process-start.ts'
import { createGrading } from './grading/grading.ts'
import { createHandlers } from './handlers.ts'
import { createHttp } from './http/http.ts'
import { createDemoDevice } from './inbox/demo-device.ts'
import { createInbox } from './inbox/inbox.ts'
import { titleOfLocal } from './inbox/title.ts'
import { createLabels } from './labels.ts'
import { createLocalEngine, deskEngineFinder } from './local-engine.ts'
import { createKeptScans } from './offline/kept-scans.ts'
import { createOfflineRoom } from './offline/offline.ts'
import { createOperations } from './operations.ts'
import { createOutboxRoom, openDisk, openOutbox } from './outbox/outbox.ts'
import { createPeople } from './people/people.ts'
import { createPipelines } from './pipelines/pipelines.ts'
import { createProfiles } from './pipelines/profiles.ts'
import { createRuns } from './runs/runs.ts'
import { openFramedCache } from './scans/framed-cache.ts'
import { createScans } from './scans/open.ts'
import { parseInWorker } from './scans/parse.ts'
import { loadSite, siteCandidates } from './site/site-file.ts'
import { openLab } from './store/lab.ts'
import { chainKey, keptKey, labKey } from './store/lab-key.ts'
import { holdLock } from './store/lock.ts'
import { openOwed } from './store/owed.ts'
import { createStore } from './store/stores.ts'
import { freeIn, installationId, knownPlatform, makeFolder, processExists, textNow, textOrNull } from './this-machine.ts'
import { createVault, loadKeytar } from './vault/keyring-vault.ts'
import { createBackground, watchDesk } from './watch-desk.ts'
import { createWindowEvents } from './window-events.ts'
import { createWindowState } from './window-state.ts'

export interface Services {
  handlers: Handlers
  bulk: Bulk
  /** Every event for the window; returns how to stop. */
  subscribe(listener: (event: EventName, payload: unknown) => void): () => void
  /** Whether a run is under way, something is owed, or results would be lost. */
  busy(): boolean
  /** Results not home yet that end with this process, because this desk keeps its records in memory. The demo lab's end with it anyway. */
  unsaved(): number
  stop(): Promise<void>
}

/** Builds everything. What may be slow (keyring aside) goes on after it has returned: the window does not wait for an engine or an archive. */
export async function createServices(capabilities: Capabilities): Promise<Services> {
  const { dataFolder, env, log, version } = capabilities
  const now = () => new Date()
  makeFolder(dataFolder)
  const lock = holdLock(join(dataFolder, 'lock.db'))

  // What the window hears.
  const { emit, subscribe } = createWindowEvents(log)
  let stopping = false
  // Once everything is closed there is nothing to show, and asking would only fail.
  const inBackground = createBackground(log, () => {
    if (!stopping) show()
  })
  const bulk = createBulk(log)
  const operations = createOperations(
    (operation) => emit('operation', operation),
    (error) => toWire(error, 'operation', log).message,
    Date.now,
  )

  // Site, secrets, memory.
  const site = await loadSite({ readFile: textOrNull, candidates: siteCandidates(process.platform, env, homedir()) })
  const vault = createVault({ load: loadKeytar, service: 'org.scanside' })
  await vault.recheck()
  const debts = openOwed(join(dataFolder, 'owed.db'))
  const lab = openLab({ path: join(dataFolder, 'lab.db'), key: await labKey(vault), chainKey: await chainKey(vault), now })
  const cache = await openFramedCache(join(dataFolder, 'cache'))

  // The archive.
  const labels = createLabels()
  const demoLab = createDemoLab(capabilities.startDemo)
  const days = site.retention.offlineDays
  const kept = createKeptScans({ folder: join(dataFolder, 'offline'), vault, days, now })
  const desk = createArchiveDesk({
    http: (roots) => createHttp({ userAgent: `Scanside/${version}`, roots, proxyFor: capabilities.proxyFor }),
    siteRoots: site.ca,
    siteProjects: site.projects,
    siteArchive: site.archive,
    vault,
    memoryVault: createVault({ load: () => Promise.reject(new Error('not asked')), service: 'org.scanside.demo' }),
    demoLab,
    tokenNotes: debts.tokens,
    kept,
  })

  // The engine and what it can run.
  const install = installationId(join(dataFolder, 'installation'), debts, now())
  const processes = watchProcesses(process.pid, randomUUID(), { readFile: textNow, exists: processExists })
  const around = { platform: knownPlatform(), env, home: homedir(), uid: process.getuid?.() ?? null }
  const engine = createLocalEngine(
    deskEngineFinder({ around, endpoint: () => lab.settings.get('engine-endpoint') ?? '', debts, install, process: processes, now }),
    () => {
      watch.engineChanged()
      inBackground('find what no list holds', findUnlisted)
    },
  )
  // Where the list of debts was lost, the engine's own listing stands for it.
  const findUnlisted = async () => {
    if (!debts.doubtful()) return
    // What goes on is known before anything is looked for that nobody works with.
    await runs.recover()
    const here = engine.engine()
    if (debts.doubtful() && here && (await runs.takeUpNoted()) && (await here.reap()).complete) debts.trusted()
  }
  const pipelines = createPipelines({
    builtin: builtinImage(version),
    images: async () => engine.needed().images.list(),
    capacity: () => engine.needed().capacity(),
    remote: () => site.cloud?.pipelines ?? [],
    allowed: (image) => site.images === null || image.names.some((name) => site.images?.includes(name)),
  })

  // Judging without any engine, runs and scans.
  const judging = createJudging({ worker: capabilities.judgeWorker })
  const parse = parseInWorker(capabilities.parseWorker)
  const scans = createScans({
    archive: desk.home,
    lab,
    cache,
    bulk,
    parse,
    title: async (ref) => labels.titleOf(ref),
    locked: () => people.locked(),
    localTitle: (local) => titleOfLocal(inbox.store.get(), local),
  })
  const people = createPeople({ site: site.file ? { people: site.people ?? [], idleMinutes: site.idleLockMinutes } : null, lab, now })
  const inbox = createInbox({
    lab,
    locals: scans.locals,
    parse,
    judging,
    people,
    profile: site.profile ?? defaultProfile,
    profileProblem: site.problem?.includes('profile') ? site.problem : null,
    folders: site.inbox?.folders ?? null,
    demoDevice: site.demo ? createDemoDevice(new URL('./demo-device.js', capabilities.parseWorker), join(dataFolder, 'demo-device')) : null,
    now,
    report: (error) => log('inbox', error),
  })
  const { cloud, clouds } = createDeskCloud({
    capabilities,
    site,
    vault,
    lab,
    debts,
    desk,
    engine,
    install,
    processes,
    platform: around.platform,
    home: around.home,
    now,
  })
  const packed = await openOutbox({
    // Where nothing can be written there, what waits is in the records alone.
    disk: await openDisk(join(dataFolder, 'outbox')).catch((error: unknown) => {
      log('outbox', error)
      return null
    }),
    key: () => keptKey(vault, 'outbox-key'),
    recovery: site.recoveryKey,
    archive: desk.home,
    now,
    report: (error) => log('outbox', error),
  })
  const grading = createGrading({
    lab,
    people,
    scans,
    operations,
    archive: desk.home,
    outbox: packed,
    title: labels.titleOf,
    packed: () => desk.status().state === 'signed-in' && inBackground('send gradings', () => packed.send(new AbortController().signal)),
    report: (error) => log('grading', error),
    now,
  })
  let allRuns: RunSummary[] = []
  // What a run was of names a subject: nobody reads it on a locked desk.
  const showRuns = () => runsStore.update({ runs: people.locked() ? allRuns.map((run) => ({ ...run, subject: '' })) : allRuns })
  people.onChange(() => showRuns())
  const runsStore = createStore(runsStoreSchema, { runs: [] }, (error) => log('store.runs', error))
  const runs = createRuns({
    engine: engine.engine,
    engineHealth: engine.health,
    builtin: createBuiltinEngine({ judging, version, now }),
    rewriteXml: judging.rewriteXml,
    profileFor: createProfiles({ site: site.profile, archive: desk.home }),
    cloud,
    capacity: engine.capacity,
    freeBytes: () => freeIn(dataFolder),
    openRuns: processes.openRuns,
    pipelines,
    archive: desk.home,
    local: scans.local,
    lab,
    debts,
    outbox: packed,
    now,
    title: labels.titleOf,
    by: () => desk.status().user ?? 'this desk',
    onRuns: (list) => {
      allRuns = list
      showRuns()
      show()
    },
    onLog: (run, seq) => emit('run.log', { run, seq }),
    report: (error) => log('runs', error),
  })

  const outbox = createOutboxRoom({
    outbox: packed,
    locked: people.locked,
    look: () => desk.tick().catch((error: unknown) => log('look for the archive', error)),
    waiting: () => runs.counts().waiting,
    send: () => runs.sendWaiting('again'),
    decided: () => show(),
  })
  const removed = (count: number) => {
    if (!lab.readOnly) lab.chain.audit(now().toISOString(), 'this desk', `retention: ${count} scans kept offline removed`, null)
  }
  const offline = createOfflineRoom({ kept, live: desk.live, labels, operations, locked: people.locked, days, now, removed })
  const stopSweeping = await offline.start((error) => log('offline', error))
  const diagnostics = createDeskDiagnostics({
    capabilities,
    site,
    vault,
    desk,
    demoLab,
    engine,
    cloud,
    lab,
    debts,
    inbox,
    people,
    bulk,
    install,
    labels,
    runs: runs.counts,
    outbox: () => ({ ...outbox.counts(), locked: packed.keyless() }),
    now,
  })
  const stopKeeping = diagnostics.start()

  // What the window is told.
  const { appStore, show } = createWindowState({
    facts: { version, front: capabilities.front, activity: [lab.notice, debts.notice].filter(Boolean).join(' ') },
    site,
    vault,
    desk,
    people,
    engine,
    cloud,
    counts: runs.counts,
    outbox: outbox.counts,
    report: (error) => log('store.app', error),
  })
  appStore.subscribe((value) => emit('store.app', value))
  runsStore.subscribe((value) => emit('store.runs', value))
  inbox.store.subscribe((value) => emit('store.inbox', value))
  // Whoever has read a verdict in the Inbox does not grade that scan blind.
  const noteReading = () => {
    const { reading } = inbox.store.get()
    if (reading !== null) grading.readInInbox(reading)
  }
  inbox.store.subscribe(noteReading)
  people.onChange(noteReading)
  people.onChange(show)
  packed.onChange(() => !stopping && show())

  const watch = watchDesk({ desk, engine, cloud, runs, grading, offline, labels, inBackground, show })

  const handlers = createHandlers({
    capabilities,
    appStore,
    runsStore,
    vault,
    site,
    desk,
    labels,
    engine,
    pipelines,
    operations,
    bulk,
    runs,
    scans,
    lab,
    people,
    inbox,
    grading,
    cloud,
    outbox,
    offline,
    diagnostics,
    show,
  })
  const unsaved = () => {
    if (lab.kept) return 0
    const onTheirWay = lab.runs.active().filter((record) => record.home === 'waiting')
    const gradings = packed.unkept().filter(({ facts }) => facts.kind === 'grading').length
    return gradings + [...lab.runs.waiting(), ...onTheirWay].filter((record) => !record.demo).length
  }
  // Results on their way are let arrive where the records end with this process; an archive that hangs answers within a minute or not at all.
  const closing = (): Closing[] => [
    { what: 'close runs', close: runs.close, patienceMs: unsaved() > 0 ? 75_000 : 20_000 },
    { what: 'close outbox', close: packed.close, patienceMs: 5_000 },
    { what: 'close inbox', close: inbox.close, patienceMs: 5_000 },
    { what: 'close judging', close: judging.close, patienceMs: 2_000 },
    { what: 'close scans', close: scans.closeAll, patienceMs: 5_000 },
    { what: 'close cache', close: cache.close, patienceMs: 5_000 },
    { what: 'close cloud', close: cloud.close, patienceMs: 5_000 },
    { what: 'close connections to the cloud', close: clouds.close, patienceMs: 1_000 },
    { what: 'close archive', close: desk.close, patienceMs: 10_000 },
    { what: 'close demo', close: demoLab.stop, patienceMs: 1_000 },
    { what: 'close records', close: lab.close, patienceMs: 1_000 },
    { what: 'close debts', close: debts.close, patienceMs: 1_000 },
    { what: 'let go of the folder', close: lock.release, patienceMs: 1_000 },
  ]
  return {
    handlers,
    bulk,
    subscribe,
    busy: () => {
      const { active, owed } = runs.counts()
      return active > 0 || owed > 0 || unsaved() > 0
    },
    unsaved,
    async stop() {
      stopping = true
      stopKeeping()
      stopSweeping()
      watch.stop()
      await closeInOrder(closing(), log, (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined))
    },
  }
}
