/**
 * The result schema: what an analysis writes to `/output/results.json`, what is published to the archive and what the viewer shows.
 * One schema for the image, the built-in engine and every reader of results.
 */
import { z } from 'zod'

/** Bumped when a field changes its meaning; additions keep it. */
export const resultSchemaVersion = '1.0'

export const verdicts = ['usable', 'ambiguous', 'unusable', 'unknown'] as const
export const verdictSchema = z.enum(verdicts)
export type Verdict = z.infer<typeof verdictSchema>

export const actions = ['keep', 'retake', 'correct-layers', 'ask-reader'] as const
export const actionSchema = z.enum(actions)
export type Action = z.infer<typeof actionSchema>

export const statuses = ['pass', 'warn', 'fail', 'unknown'] as const
export const statusSchema = z.enum(statuses)
export type Status = z.infer<typeof statusSchema>

const text = (max: number) => z.string().max(max)
const finite = z.number().finite()

/** One measured property of a scan, or the reason why it could not be measured (`unknown`, value null). */
export const criterionSchema = z.object({
  /** `S`, `S.snr`, `S.cnr`, `completeness`, … : OSCAR-IB letters where the criterion is one of them. */
  id: text(64),
  status: statusSchema,
  value: finite.nullable(),
  /** `dB`, `ratio`, `%`, `mm`, `px`; empty for a bare number. */
  unit: text(16),
  /** What the value is compared with, as shown: `>= 15`. Empty where nothing is compared. */
  threshold: text(64),
  /** Who stands behind the threshold. */
  evidence: z.enum(['published', 'own', 'site-validated']),
  /** One sentence for a person. */
  reason: text(500),
  /** Where the threshold or the rule comes from: `Tewarie 2012`; empty or absent for our own. */
  source: text(300).optional(),
  /** Shown, never decides: how well it works on such scans is not known. */
  experimental: z.boolean().optional(),
})
export type Criterion = z.infer<typeof criterionSchema>

/** A stretch of A-scans to draw on a B-scan. `frame` is the B-scan's index from 0; `from` and `to` are A-scans, both included. */
export const intervalSchema = z.object({
  frame: z.number().int().min(0).max(10_000),
  from: z.number().int().min(0).max(100_000),
  to: z.number().int().min(0).max(100_000),
  kind: z.enum(['signal-missing', 'cut-upper', 'cut-lower', 'high-noise', 'bad-illumination']),
})
export type Interval = z.infer<typeof intervalSchema>

/** A value per B-scan, index 0 first; null where it could not be measured. */
export const seriesSchema = z.object({ id: text(64), unit: text(16), values: z.array(finite.nullable()).max(10_000) })
export type Series = z.infer<typeof seriesSchema>

export const factsSchema = z.object({
  device: text(100),
  pattern: text(32),
  laterality: z.enum(['OD', 'OS', 'unknown']),
  /** Id of the profile's protocol the scan was held against; null where none fits. */
  protocol: text(64).nullable(),
  /** B-scans; px */
  frames: z.number().int().nonnegative(),
  width: z.number().int().nonnegative(),
  height: z.number().int().nonnegative(),
})
export type ScanFacts = z.infer<typeof factsSchema>

export const scanResultSchema = z.object({
  inputs: z.array(z.object({ name: text(255), size: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).max(10_000),
  verdict: verdictSchema,
  action: actionSchema,
  /** Ids of the criteria that decided the verdict. */
  decidedBy: z.array(text(64)).max(100),
  criteria: z.array(criterionSchema).max(200),
  series: z.array(seriesSchema).max(100).default([]),
  intervals: z.array(intervalSchema).max(100_000).default([]),
  /** Names of files beside results.json that belong to this scan. */
  files: z.array(text(255)).max(1_000).default([]),
  /** What the scan is by its own header; says nothing about whose it is. */
  facts: factsSchema.optional(),
  /** Why there is no verdict. Present exactly when the verdict is `unknown`. */
  error: z.object({ code: text(64), message: text(1_000) }).optional(),
})
export type ScanResult = z.infer<typeof scanResultSchema>

export const resultsSchema = z.object({
  schema: z.literal(resultSchemaVersion),
  pipeline: z.object({ name: text(128), version: text(64), profile: text(128) }),
  scans: z.array(scanResultSchema).max(10_000),
})
export type Results = z.infer<typeof resultsSchema>
