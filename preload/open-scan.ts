/** An open scan as the window sees it: what it is, how its pictures are coded, and what is known of its quality. A part of the contract. */
import { z } from 'zod'
import { resultsSchema } from '../oct/results.ts'
import { scanRemarks } from '../oct/scan.ts'

const line = z.string().max(1_000)
const id = z.string().min(1).max(200)
const count = z.number().int().nonnegative()

const point = z.object({ x: z.number(), y: z.number() })
export const locationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('line'), start: point, end: point }),
  z.object({
    kind: z.literal('ring'),
    start: point,
    centre: point,
    radius: z.number(),
    direction: z.union([z.literal(1), z.literal(-1)]).optional(),
  }),
  z.object({ kind: z.literal('path'), points: z.array(point).max(10_000) }),
  z.object({ kind: z.literal('area'), from: point, to: point }),
  z.object({ kind: z.literal('unknown') }),
])
/** How a picture's bytes become pixels: `PixelCoding` of oct/. */
export const codingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reflectivity-f32') }),
  z.object({ kind: z.literal('reflectivity-u16f') }),
  z.object({
    kind: z.literal('stored'),
    compression: z.enum(['none', 'rle', 'jpeg', 'jpeg-lossless', 'jpeg-ls', 'jpeg-2000', 'htj2k']),
    allocated: z.union([z.literal(8), z.literal(16)]),
    bits: count.min(1).max(16),
    bigEndian: z.boolean(),
    inverted: z.boolean(),
  }),
  z.object({ kind: z.literal('picture'), type: z.enum(['tif', 'png', 'jpg', 'bmp']), inverted: z.boolean() }),
])
const pictureFacts = { width: count, height: count, spacing: point, coding: codingSchema }
/**
 * `Scan` of oct/ without byte ranges. Pixels come as they lie in the file, to be decoded by their `coding`: `<bulk>/slo`, `<bulk>/frame/<i>`,
 * `<bulk>/picture/<i>`; layers by `<bulk>/layers/<i>` (JSON) and `<bulk>/layer/<name>` (float32 little-endian, the rows of every B-scan one
 * after another, each as wide as its B-scan, NaN where not segmented).
 */
export const openScanSchema = z.object({
  /** `/bulk/<ticket>`; ends with `scans.close` */
  bulk: z.string().regex(/^\/bulk\/[A-Za-z0-9_-]+$/),
  /** What the window is titled with: labels for the person, never a file name. */
  title: z.object({ project: line, subject: line, session: line, scan: line }),
  scan: z.object({
    format: z.enum(['heidelberg-vol', 'heidelberg-xml', 'heidelberg-e2e', 'dicom-opt']),
    device: line,
    formatVersion: z.string().max(50),
    laterality: z.enum(['OD', 'OS', 'unknown']),
    pattern: z.enum(['line', 'ring', 'volume', 'fast-volume', 'radial', 'radial-circles', 'unknown']),
    /** px: the largest B-scan's */
    width: count,
    height: count,
    spacing: z.object({ lateral: z.number(), axial: z.number(), between: z.number() }),
    focus: z.number().nullable(),
    art: z.number().nullable(),
    edi: z.boolean().nullable(),
    resolution: z.enum(['HS', 'HR']).nullable(),
    /** mm */
    axialLength: z.number().nullable(),
    /** degrees */
    field: z.object({ width: z.number(), height: z.number() }).nullable(),
    acquiredAt: z.string().max(40).nullable(),
    slo: z.object({ ...pictureFacts, field: z.number().nullable() }).nullable(),
    /** En-face pictures beside the SLO. */
    pictures: z.array(z.object({ ...pictureFacts, label: line, place: z.object({ from: point, to: point }).nullable() })).max(100),
    frames: z
      .array(
        z.object({
          width: count,
          height: count,
          location: locationSchema,
          quality: z.number().nullable(),
          art: z.number().nullable(),
          coding: codingSchema,
          layers: z.array(z.string().max(50)).max(64),
          /** Bruch's membrane opening, px of the B-scan. */
          bmo: z.tuple([point, point]).nullable(),
        }),
      )
      .max(10_000),
    /** As the device computed them; thickness in µm, volume in mm³, SLO mm. */
    grids: z
      .array(
        z.object({
          kind: z.enum(['circular', 'rectangular']),
          diameters: z.array(z.number()).max(10),
          centre: point,
          zones: z.array(z.object({ name: z.string().max(20), thickness: z.number().nullable(), volume: z.number().nullable() })).max(400),
        }),
      )
      .max(4),
    remarks: z.array(z.enum(scanRemarks)).max(20),
  }),
  /** What is known of this scan's quality, newest first. */
  results: z
    .array(
      z.object({
        run: id.nullable(),
        at: z.string().max(40),
        pipeline: z.string().max(200),
        home: z.enum(['read-back', 'waiting', 'local']),
        results: resultsSchema,
        scanIndex: count,
      }),
    )
    .max(100),
})
export type OpenScan = z.infer<typeof openScanSchema>
