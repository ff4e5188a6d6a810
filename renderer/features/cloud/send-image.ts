/** Images on their way into the cloud: which operation sends which, so that leaving the page loses nothing of it. */
import { create } from 'zustand'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Pipeline } from '../../../preload/contract.ts'
import { asScansideError, type Lab, lab } from '../../lab.ts'

interface Sending {
  /** Null until it has begun. */
  operation: string | null
  problem: ScansideError | null
}

/** By the image's name. */
export const useSending = create<{ images: Record<string, Sending> }>(() => ({ images: {} }))

const note = (image: string, sending: Sending) => useSending.setState(({ images }) => ({ images: { ...images, [image]: sending } }))

/** Begins to send a pipeline's image; how it goes is the operation's to say. */
export async function sendImage({ id, image }: Pick<Pipeline, 'id' | 'image'>, cloud: Pick<Lab['cloud'], 'sendImage'> = lab.cloud): Promise<void> {
  note(image, { operation: null, problem: null })
  try {
    const { operation } = await cloud.sendImage({ pipeline: id })
    note(image, { operation, problem: null })
  } catch (error) {
    note(image, { operation: null, problem: asScansideError(error) })
  }
}
