/** How inputs get into a run's volumes: as archives put into the stager. */
import type Docker from 'dockerode'
import { ScansideError } from '../../../oct/errors.ts'
import type { Staged } from '../verified.ts'
import { answeredWithin, patience } from './bounded.ts'
import type { Flavour } from './hardening.ts'
import { packInputs, type StagedMount } from './staging.ts'

/** One archive of inputs into the stager. */
async function putInputs(
  stager: Docker.Container,
  path: string,
  mounts: StagedMount[],
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Staged[]> {
  const { tar, done } = packInputs(mounts, signal, onProgress)
  const broken = new AbortController()
  const sent = stager.putArchive(tar as unknown as NodeJS.ReadableStream, { path, abortSignal: AbortSignal.any([signal, broken.signal]) })
  let refused: unknown = null
  sent.catch((fault: unknown) => {
    refused = fault
    tar.destroy()
  })
  try {
    const staged = await done
    await answeredWithin(patience.removalMs, sent)
    return staged
  } catch (fault) {
    // A wrong input ends the request; an engine that broke off ends the packing. The first of them is the reason.
    const reason = fault instanceof ScansideError ? fault : (refused ?? fault)
    broken.abort()
    await sent.catch(() => {})
    throw reason
  }
}

/**
 * Fills every mount. Docker takes one archive over all of them, with their roots' owners. Podman unpacks into a volume only where the
 * path lies in it; it gives the volume's root to the run's user by itself.
 */
export async function putMounts(
  stager: Docker.Container,
  flavour: Flavour,
  mounts: StagedMount[],
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Staged[]> {
  if (flavour === 'docker') return await putInputs(stager, '/', mounts, signal, onProgress)
  const staged: Staged[] = []
  for (const { folder, writable, inputs } of mounts) {
    if (inputs.length === 0) continue
    const before = staged.reduce((sum, { size }) => sum + size, 0)
    staged.push(...(await putInputs(stager, `/${folder}`, [{ folder: '', writable, inputs }], signal, (bytes) => onProgress(before + bytes))))
  }
  return staged
}
