/** The guest's system: Debian packages and nothing else, made by mmdebstrap and given to the suite's engine by `docker import`. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type Docker from 'dockerode'
import { root } from '../../support/application.ts'

/** What their names begin with. */
export const guestImages = 'scanside-test/guest'
export const guestImage = `${guestImages}:1`
/** The same without any container engine's client. */
export const bareGuestImage = `${guestImages}-bare:1`

/** The client is Debian's docker.io; its engine stays out, because the guest is given the suite's. */
const args = [
  '--variant=minbase',
  '--include=curl,ca-certificates,coreutils,docker.io',
  '--aptopt=APT::Install-Recommends "false"',
  ...['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/sbin/dockerd', '/usr/bin/containerd*', '/usr/bin/ctr'].map(
    (path) => `--dpkgopt=path-exclude=${path}`,
  ),
]

/** Made once and kept beside the modules; about half a minute and 90 MB of packages. */
function guestTar(): string {
  const recipe = createHash('sha256').update(args.join('\n')).digest('hex').slice(0, 12)
  const folder = join(root, 'node_modules', '.cache', 'scanside')
  const file = join(folder, `guest-${recipe}.tar`)
  if (existsSync(file)) return file
  console.log('Making the test guest from Debian packages …')
  mkdirSync(folder, { recursive: true })
  const making = `${file}.${process.pid}.tar`
  const made = spawnSync('mmdebstrap', [...args, 'bookworm', making], { encoding: 'utf8', timeout: 400_000 })
  if (made.status !== 0) throw new Error(`The test guest could not be made:\n${made.stderr?.slice(-2_000) ?? String(made.error)}`)
  renameSync(making, file)
  return file
}

const drained = async (stream: AsyncIterable<unknown>): Promise<void> => {
  for await (const chunk of stream) {
    const told = String(chunk)
    if (told.includes('"error"')) throw new Error(told.slice(0, 500))
  }
}

/** Both guests on this engine. */
export async function importGuests(docker: Docker): Promise<void> {
  const [repo = '', tag = ''] = guestImage.split(':')
  await drained((await docker.importImage(createReadStream(guestTar()), { repo, tag })) as AsyncIterable<unknown>)
  const container = await docker.createContainer({ Image: guestImage, Cmd: ['rm', '/usr/bin/docker'], HostConfig: { NetworkMode: 'none' } })
  await container.start()
  await container.wait()
  const [bareRepo = '', bareTag = ''] = bareGuestImage.split(':')
  await container.commit({ repo: bareRepo, tag: bareTag })
  await container.remove({ force: true })
}
