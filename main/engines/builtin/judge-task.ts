/** One scan from its bytes to what main wants to know of it. Runs in the judging worker. */
import type { Codecs } from '../../../oct/formats/decode.ts'
import { decodePixels } from '../../../oct/formats/decode.ts'
import { rawPixels } from '../../../oct/formats/index.ts'
import { earlierScanOf } from '../../../oct/quality/detect/follow-up.ts'
import { discSideOf } from '../../../oct/quality/disc-side.ts'
import type { Examination } from '../../../oct/quality/examination.ts'
import { type JudgeOptions, judge, refusal } from '../../../oct/quality/judge.ts'
import type { ByteSource, NamedSource } from '../../../oct/scan.ts'
import type { Task } from './judge-messages.ts'
import type { Judgement } from './judging.ts'
import { thumbOf } from './thumb.ts'

/** Judges; a scan that cannot be read has the verdict `unknown`. Never rejects. */
export async function judgeTask(
  files: readonly NamedSource[],
  task: Task,
  codecs: Codecs,
  told: Pick<JudgeOptions, 'onProgress' | 'onProvisional'>,
): Promise<Judgement> {
  const began = performance.now()
  let seen: { exam: Examination; sources: readonly ByteSource[] } | null = null
  const result = await judge(files, {
    inputs: task.inputs,
    profile: task.profile,
    series: task.series,
    codecs,
    ...(task.earlier ? { earlier: task.earlier } : {}),
    visit: task.visit,
    ...told,
    onExamination: (exam, sources) => {
      seen = { exam, sources }
    },
  }).catch((error: unknown) => refusal(error, task.inputs))
  const { exam, sources } = (seen as { exam: Examination; sources: readonly ByteSource[] } | null) ?? { exam: null, sources: [] }
  const thumb = exam ? await middle(exam, sources, codecs).catch(() => null) : null
  return {
    result,
    asEarlier: exam && !result.error ? earlierScanOf(exam.scan, exam.slo) : null,
    discSide: exam ? discSideOf(exam.scan, exam.slo) : null,
    thumb,
    analysisMs: performance.now() - began,
  }
}

async function middle({ scan }: Examination, sources: readonly ByteSource[], codecs: Codecs): Promise<Judgement['thumb']> {
  const frame = scan.frames[Math.floor(scan.frames.length / 2)]
  if (!frame) return null
  const grey = await decodePixels(frame.pixels.coding, await rawPixels(sources, frame.pixels), frame, codecs)
  return thumbOf(grey, frame.width, frame.height)
}
