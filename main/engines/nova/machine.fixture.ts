/** A machine for tests of the script: a folder in place of its disk, and an engine that starts plain processes instead of containers. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestLab } from '../../archive/lab.fixture.ts'
import { layersDigest } from '../docker/images.ts'
import { outcomeSchema, type RemoteJob, type RemoteOutcome } from '../remote/job.ts'
import { listedFile } from '../remote/listed-file.ts'
import { renderScript } from './script.ts'

/** Understands what the script says to docker; the pipeline is `$HERE/pipeline`, told its folders by IN and OUT. */
const engine = `#!/bin/sh
printf '%s\\n' "$*" >>"$HERE/calls"
case "$1 $2" in
  'image ls') echo sha256:known ;;
  'image inspect') printf 'sha256:layer1\\nsha256:layer2\\n' ;;
  create*)
    for word in "$@"; do printf '%s\\n' "$word"; done >"$HERE/create"
    cat "$HERE/create-exit" 2>/dev/null | grep -q 1 && exit 1
    exit 0 ;;
  start*)
    IN=$(sed -n 's,:/input:ro$,,p' "$HERE/create") OUT=$(sed -n 's,:/output$,,p' "$HERE/create")
    (
      cd "$OUT" && IN=$IN OUT=$OUT timeout 20 sh "$HERE/pipeline" >"$HERE/log" 2>&1
      echo "$?" >"$HERE/exited"
    ) >/dev/null 2>&1 & ;;
  wait*) while [ ! -e "$HERE/exited" ]; do sleep 0.05; done; cat "$HERE/exited" ;;
  logs*) cat "$HERE/log" ;;
  stop*) echo 143 >"$HERE/exited" ;;
  inspect*)
    case "$*" in
      *Running*) [ -e "$HERE/exited" ] && echo false || echo true ;;
      *) echo "$(cat "$HERE/exited") $(cat "$HERE/oom" 2>/dev/null || echo false)" ;;
    esac ;;
esac
exit 0
`

export const image = { name: 'lab/pipeline:1', digest: layersDigest(['sha256:layer1', 'sha256:layer2']) }

/** Objects behind links; a GET of what is not there is 404, of a link that ends in `refused` 401. */
export const startObjects = async () => {
  const objects = new Map<string, Buffer>()
  const puts: { name: string; deleteAfter: string | undefined; text: string }[] = []
  const server: Server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1)
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const bytes = Buffer.concat(parts)
      if (name.endsWith('refused')) response.writeHead(401).end()
      else if (request.method === 'PUT') {
        objects.set(name, bytes)
        puts.push({ name, deleteAfter: request.headers['x-delete-after'] as string | undefined, text: bytes.toString('utf8') })
        response.writeHead(201).end()
      } else if (objects.has(name)) response.writeHead(200).end(objects.get(name))
      else response.writeHead(404).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    objects,
    puts,
    link: (name: string) => `${url}/${name}`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

let machines = 0

export const setUp = async (lab: TestLab) => {
  machines += 1
  const run = `run-${machines}`
  const here = mkdtempSync(join(tmpdir(), 'machine-'))
  const bin = join(here, 'bin')
  mkdirSync(bin)
  for (const [name, text] of [
    ['docker', engine],
    // Who runs the tests may not give files away.
    ['chown', '#!/bin/sh\nexit 0\n'],
    ['poweroff', '#!/bin/sh\nexit 0\n'],
  ] as const) {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  const store = await startObjects()
  await lab.signIn()
  const [row] = (await lab.xnat.sessions('P', 0, 10)).rows
  if (!row) throw new Error('no session')
  const session = { project: 'P', subject: row.subjectId, session: row.id }
  const [file] = await lab.xnat.scanFiles(session, '1')
  if (!file) throw new Error('no file')
  const issued = await lab.session.request({ method: 'GET', path: '/data/services/tokens/issue' })
  const token = (await issued.json(100_000)) as { alias: string; secret: string }
  store.objects.set('token', Buffer.from(JSON.stringify({ alias: token.alias, secret: token.secret })))

  const job: RemoteJob = {
    run,
    install: 'install-1',
    archive: { address: lab.archive.urls.https, ca: [lab.archive.ca] },
    token: { kind: 'link', url: store.link('token') },
    image: { ...image, source: { kind: 'present' } },
    inputs: [{ mount: 'in', path: 'scan-1.vol', size: file.size, md5: file.md5, from: listedFile(file.uri), changes: [] }],
    argv: ['/bin/analyse', "it's", '$(id)'],
    env: { MODE: '`id`' },
    workingDir: null,
    mounts: [
      { name: 'in', path: '/input', writable: false },
      { name: 'out', path: '/output', writable: true },
    ],
    outputMount: 'out',
    limits: {
      memoryBytes: 2 ** 26,
      cpus: 1,
      pids: 64,
      deadlineMs: 15_000,
      outputBytes: 1_000_000,
      outputFiles: 5,
      outputDepth: 2,
      logBytes: 2_000,
    },
    home: { session: session.session, name: `p/1/${run}/results.json` },
    report: {
      kind: 'link',
      progress: store.link('progress.json'),
      log: store.link('log.txt'),
      outcome: store.link('outcome.json'),
      deleteAfter: 3_600,
    },
    wholeDeadlineMs: 60_000,
  }

  return {
    here,
    store,
    job,
    file,
    token,
    /** What the engine was told, one call a line. */
    calls: () => readFileSync(join(here, 'calls'), 'utf8'),
    /** The words of `create`. */
    session,
    created: () => readFileSync(join(here, 'create'), 'utf8').split('\n'),
    put: (name: string, text: string) => writeFileSync(join(here, name), text),
    read: (name: string) => readFileSync(join(here, name)),
    /** Runs the script and resolves with what it wrote to its console and what it told last. */
    async run(
      told: RemoteJob,
      pipeline: string,
      edited: (script: string) => string = (script) => script,
    ): Promise<{ console: string; outcome: RemoteOutcome | null; left: string[] }> {
      writeFileSync(join(here, 'pipeline'), pipeline)
      const script = join(here, 'job.sh')
      const text = edited(renderScript(told))
        .replaceAll('/run/scanside', join(here, 'run'))
        .replaceAll('/dev/shm/scanside', join(here, 'shm'))
        .replaceAll('/var/lib/scanside', join(here, 'lib'))
        .replace('PATH=', `PATH=${bin}:`)
      writeFileSync(script, text)
      const console = await new Promise<string>((resolve) =>
        execFile('/bin/sh', [script], { env: { HERE: here }, timeout: 60_000 }, (_error, out, err) => resolve(out + err)),
      )
      const said = store.objects.get('outcome.json')
      const left = ['run', 'shm', 'lib'].flatMap((folder) => {
        try {
          return readdirSync(join(here, folder))
        } catch {
          return []
        }
      })
      return { console, outcome: said ? outcomeSchema.parse(JSON.parse(said.toString('utf8'))) : null, left }
    },
    async stop() {
      await store.stop()
      rmSync(here, { recursive: true, force: true })
    },
  }
}
export type Machine = Awaited<ReturnType<typeof setUp>>

export const digestOf = (algorithm: 'md5' | 'sha256', bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex')
