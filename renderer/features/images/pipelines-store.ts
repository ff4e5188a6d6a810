/** What can be run at this desk, and the images being brought here. Shared by the run sheet and the settings. */
import { create } from 'zustand'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Output, Pipeline } from '../../../preload/contract.ts'
import { asScansideError, type Lab, lab } from '../../lab.ts'
import { useMirror } from '../../stores.ts'
import { putBytes, type Send } from '../../upload.ts'

export interface PipelinesState {
  list: Pipeline[] | null
  shipped: Output<'pipelines.shipped'> | null
  problem: ScansideError | null
  /** The image being loaded or pulled. */
  operation: string | null
  /** True while a chosen file's bytes are on their way. */
  busy: boolean
}

export const usePipelines = create<PipelinesState>(() => ({ list: null, shipped: null, problem: null, operation: null, busy: false }))

const { setState, getState } = usePipelines

/** Lists what the engine has. Where it cannot be asked the list is empty, and the engine's own sentence says why. */
export async function listPipelines(pipelines: Lab['pipelines'] = lab.pipelines): Promise<void> {
  const [list, shipped] = await Promise.allSettled([pipelines.list(), pipelines.shipped()])
  if (shipped.status === 'fulfilled') setState({ shipped: shipped.value })
  if (list.status === 'fulfilled') {
    setState({ list: list.value })
    return
  }
  const problem = asScansideError(list.reason)
  setState({ list: [], problem: problem.code === 'engine-unavailable' ? null : problem })
}

/** Starts bringing an image here; its progress is the operation's. One at a time. */
async function bring(start: () => Promise<string>): Promise<void> {
  if (getState().busy || getState().operation !== null) return
  setState({ busy: true, problem: null })
  try {
    setState({ operation: await start(), busy: false })
  } catch (error) {
    setState({ problem: asScansideError(error), operation: null, busy: false })
  }
  settle()
}

/** Loads the image this project ships. */
export function loadShipped(pipelines: Lab['pipelines'] = lab.pipelines): Promise<void> {
  return bring(async () => (await pipelines.loadShipped()).operation)
}

/** Hands an image archive (.tar, .tar.gz) to the engine. */
export function loadFile(file: Blob, send: Send, failed: string, pipelines: Lab['pipelines'] = lab.pipelines): Promise<void> {
  return bring(async () => {
    const { url, operation } = await pipelines.loadTicket({ size: file.size })
    // Shown from its first byte, so that it can be cancelled while it is sent.
    setState({ operation })
    await putBytes(send, url, file, failed)
    return operation
  })
}

/** Asks the engine to pull an image by its name. */
export function pullImage(image: string, pipelines: Lab['pipelines'] = lab.pipelines): Promise<void> {
  return bring(async () => (await pipelines.pull({ image })).operation)
}

/** Takes an ended operation down and lists anew. Called for every change of the operations. */
function settle(): void {
  const { operation, busy } = getState()
  if (operation === null || busy) return
  const progress = useMirror.getState().operations[operation]
  if (!progress || progress.state === 'running') return
  setState({ operation: null })
  void listPipelines()
}
useMirror.subscribe(settle)
