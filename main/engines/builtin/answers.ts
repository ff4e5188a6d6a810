/** What a judging worker may answer, and what is said where it does not: its answers come from whoever read a stranger's bytes. */
import { z } from 'zod'
import { errorCodes, ScansideError } from '../../../oct/errors.ts'
import { type ScanResult, scanResultSchema } from '../../../oct/results.ts'
import type { Judgement } from './judging.ts'

export const damaged = 'The scan could not be judged: its file is damaged or not what it says. Nothing was changed; export it again.'
const tooLong = 'The scan could not be judged in reasonable time: its file may be damaged. Nothing was changed; export it again, or ask a reader.'

/** Why a worker did not come back. */
export type LostCode = 'invalid-file' | 'timeout'

export const lost = (code: LostCode): ScansideError => new ScansideError(code, code === 'timeout' ? tooLong : damaged)
export const cancelled = (): ScansideError => new ScansideError('cancelled', 'Judging the scan was cancelled. Nothing was changed.')

/** A reader's own sentence. */
export const said = ({ code, message }: { code: unknown; message: unknown }): ScansideError => {
  const known = errorCodes.find((each) => each === code)
  return new ScansideError(known ?? 'invalid-file', typeof message === 'string' ? message.slice(0, 1_000) : damaged)
}

const number = z.number()
const sloSchema = z
  .object({
    width: number.int().min(1).max(384),
    height: number.int().min(1).max(384),
    spacing: z.object({ x: number, y: number }),
    pixels: z.instanceof(Uint8Array),
  })
  .refine(({ width, height, pixels }) => pixels.length === width * height)
const asEarlierSchema = z.object({
  pattern: z.enum(['line', 'ring', 'volume', 'fast-volume', 'radial', 'radial-circles', 'unknown']),
  laterality: z.enum(['OD', 'OS', 'unknown']),
  width: number,
  frames: number,
  spacing: z.looseObject({}),
  resolution: z.enum(['HS', 'HR']).optional(),
  ringRadius: number.optional(),
  centre: z.object({ x: number, y: number }).optional(),
  slo: sloSchema.optional(),
})
const thumbSchema = z
  .object({ width: number.int().min(1).max(128), height: number.int().min(1).max(96), pixels: z.instanceof(Uint8Array) })
  .refine(({ width, height, pixels }) => pixels.length === width * height)

export const judgementSchema = z.object({
  result: scanResultSchema,
  asEarlier: asEarlierSchema.nullable(),
  discSide: z.enum(['left', 'right']).nullable(),
  thumb: thumbSchema.nullable(),
  analysisMs: number.nonnegative(),
})

/** Sets of indices into `files` files; the first of a set leads it. */
export const foundSchema = (files: number) =>
  z
    .array(
      z
        .array(
          number
            .int()
            .min(0)
            .max(files - 1),
        )
        .min(1),
    )
    .max(100_000)

/** The result of a scan whose worker did not come back with one. */
export function unjudged(code: LostCode, inputs: ScanResult['inputs'], analysisMs: number): Judgement {
  const nothing = { criteria: [], series: [], intervals: [], files: [], decidedBy: [] }
  const error = { code, message: lost(code).message }
  return { result: { inputs, verdict: 'unknown', action: 'ask-reader', ...nothing, error }, asEarlier: null, discSide: null, thumb: null, analysisMs }
}
