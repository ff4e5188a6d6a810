/** The built-in engine's one image: the command of the image this project ships, run by the application itself. */
import { createHash } from 'node:crypto'
import described from '../../../images/oct-quality/command.json' with { type: 'json' }
import { commandsLabel, type EngineImage } from '../docker/images.ts'
import { profileLabel } from '../profile-label.ts'

const suffix = ' (this application)'

/** The name people see where a container's image has its own. */
export const builtinImageName = 'this application'

/** @param version of the application */
export function builtinImage(version: string): EngineImage {
  const { 'limit-memory': _memory, 'reserve-memory': _reserved, ...command } = described
  const xnat = command.xnat.map((wrapper) => ({ ...wrapper, label: `${wrapper.label}${suffix}` }))
  return {
    id: 'builtin',
    names: [builtinImageName],
    digest: createHash('sha256').update(`${builtinImageName} ${version} ${command.version}`).digest('hex'),
    architecture: process.arch,
    os: process.platform,
    labels: { [commandsLabel]: JSON.stringify([{ ...command, label: `${command.label}${suffix}`, xnat }]), [profileLabel]: 'argument' },
    entrypoint: [],
    cmd: [],
  }
}
