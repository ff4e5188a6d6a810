import { describe, expect, it } from 'vitest'
import { bytesSource } from '../formats/vol.ts'
import type { Criterion, Interval, ScanResult } from '../results.ts'
import { synthesise } from '../synth/index.ts'
import { sentenceOf } from './advice.ts'
import { findings, wrongOf } from './advice-words.ts'
import { judge, refusal } from './judge.ts'
import { defaultProfile, type Profile, parseProfile } from './profile.ts'

const criterion = (id: string, status: Criterion['status']): Criterion => ({
  id,
  status,
  value: status === 'unknown' ? null : 1,
  unit: '',
  threshold: '',
  evidence: 'own',
  reason: 'Why.',
})
const facts: NonNullable<ScanResult['facts']> = {
  device: 'Heidelberg Spectralis',
  pattern: 'ring',
  laterality: 'OD',
  protocol: 'ring',
  frames: 1,
  width: 80,
  height: 496,
}
const result = (changes: Partial<ScanResult>, decided: Criterion[]): ScanResult => ({
  inputs: [],
  verdict: 'unusable',
  action: 'retake',
  decidedBy: decided.map(({ id }) => id),
  criteria: decided,
  series: [],
  intervals: [],
  files: [],
  facts,
  ...changes,
})
const at = (from: number, to: number, kind: Interval['kind'] = 'cut-upper', frame = 0): Interval => ({ frame, from, to, kind })
const told = (changes: Partial<ScanResult>, decided: Criterion[], profile: Profile = defaultProfile) => sentenceOf(result(changes, decided), profile)
const upper = [criterion('completeness.upper', 'fail')]

describe('what is wrong', () => {
  it('is told of a usable scan: nothing', () => {
    expect(told({ verdict: 'usable', action: 'keep' }, [])).toEqual({
      what: { en: 'No technical fault found.', de: 'Kein technischer Mangel gefunden.' },
      where: null,
      todo: { en: 'Keep it.', de: 'Behalten.' },
      source: null,
      reviewer: null,
    })
  })

  it('is the most conclusive of what decided: a fail before a warning, a part before its whole', () => {
    const what = (...decided: Criterion[]) => told({}, decided).what.en
    expect(what(criterion('O.blur', 'fail'), criterion('completeness', 'fail'), criterion('completeness.upper', 'fail'))).toBe(
      'The top of the retina is cut off.',
    )
    expect(what(criterion('completeness.upper', 'warn'), criterion('S', 'fail'))).toBe('The signal is too weak.')
    expect(what(criterion('C', 'unknown'), criterion('O.blur', 'warn'))).toBe('The scan is blurred.')
    expect(what(criterion('C', 'fail'), criterion('A.missing', 'fail'))).toBe('The scan is not centred.')
  })

  it('is never told of a criterion that did not decide', () => {
    const both = result({}, [criterion('completeness.upper', 'fail'), criterion('O.blur', 'warn')])
    expect(sentenceOf({ ...both, decidedBy: ['O.blur'] }, defaultProfile).what.en).toBe('The scan is blurred.')
  })

  it('says that it is not known where it was not measured', () => {
    expect(told({ verdict: 'ambiguous', action: 'ask-reader' }, [criterion('C', 'unknown')])).toMatchObject({
      what: { en: 'Whether the scan is centred could not be measured.' },
      todo: { en: 'Ask a reader.', de: 'Einen Reader fragen.' },
    })
    expect(wrongOf('I.saturated', 'unknown').de).toBe('Die Ausleuchtung ließ sich nicht beurteilen.')
    expect(wrongOf('Z.future', 'fail').en).toBe('A criterion is not met.')
    expect(wrongOf('Z.future', 'unknown').en).toBe('A criterion could not be measured.')
  })

  it('can be read in a second, in both languages', () => {
    for (const [, { wrong, unknown }] of findings)
      for (const text of [wrong, ...(unknown ? [unknown] : [])].flatMap(({ en, de }) => [en, de])) {
        expect(text.length, text).toBeLessThanOrEqual(75)
        expect(text).toMatch(/^[A-ZÄÖÜ][^.]*\.$/)
        expect(text).not.toMatch(/\d/)
      }
  })

  it('of the eye and the protocol claims no more than was found', () => {
    // Two scans called alike may show different eyes, and two called differently the same.
    expect(wrongOf('L.pair', 'fail')).toEqual({
      en: 'The scans of this visit disagree on the eye.',
      de: 'Die Aufnahmen dieser Visite widersprechen sich beim Auge.',
    })
    // A protocol may fit, and only its ART not be in the file.
    expect(wrongOf('O.protocol', 'unknown').en).toBe('Whether the protocol was kept to is not known.')
  })

  it('of a scan that could not be read is just that', () => {
    expect(sentenceOf(refusal(new Error('x')), defaultProfile)).toMatchObject({
      what: { en: 'This scan could not be read.' },
      todo: { en: 'Export it from the device again.' },
    })
  })
})

describe('where', () => {
  const where = (changes: Partial<ScanResult>, decided = upper) => told(changes, decided).where

  it('names the quarters of a right ring: temporal at both ends, then superior, nasal, inferior', () => {
    expect(where({ intervals: [at(0, 9), at(70, 79)] })?.en).toBe('In a part of the ring: temporal.')
    expect(where({ intervals: [at(10, 29)] })?.en).toBe('In a part of the ring: superior.')
    expect(where({ intervals: [at(30, 49)] })?.en).toBe('In a part of the ring: nasal.')
    expect(where({ intervals: [at(50, 52)] })?.en).toBe('In a part of the ring: inferior.')
    expect(where({ intervals: [at(0, 49)] })).toEqual({
      en: 'Around most of the ring: temporal, superior, nasal.',
      de: 'Im größten Teil des Rings: temporal, superior, nasal.',
    })
    expect(where({ intervals: [at(0, 79)] })?.de).toBe('Im ganzen Ring.')
  })

  it('names none of a left ring: which way round it runs was never checked', () => {
    expect(where({ facts: { ...facts, laterality: 'OS' }, intervals: [at(0, 49)] })?.en).toBe('Around most of the ring.')
    expect(where({ facts: { ...facts, laterality: 'unknown' }, intervals: [at(0, 9)] })?.en).toBe('In a part of the ring.')
  })

  it('names the B-scans of a volume as the viewer counts them', () => {
    const volume = { ...facts, pattern: 'volume', frames: 25 }
    const hit = (...frames: number[]) => where({ facts: volume, intervals: frames.map((frame) => at(3, 9, 'cut-upper', frame)) })
    expect(hit(0)?.en).toBe('In B-scan 1 of 25.')
    expect(hit(2, 3, 4, 4)).toEqual({ en: 'In B-scans 3 to 5 of 25.', de: 'In den B-Scans 3 bis 5 von 25.' })
    expect(hit(0, 4, 5, 24)?.de).toBe('In den B-Scans 1, 5 bis 6 und 25 von 25.')
    expect(hit(0, 2, 4, 6)?.en).toBe('In 4 of 25 B-scans.')
    expect(hit(...Array.from({ length: 25 }, (_, i) => i))?.en).toBe('In every B-scan.')
  })

  it('names the end of a line', () => {
    const line = { ...facts, pattern: 'line', protocol: null }
    const hit = (...those: [number, number][]) => where({ facts: line, intervals: those.map(([from, to]) => at(from, to)) })?.en
    expect(hit([0, 10])).toBe('At the left of the B-scan.')
    expect(hit([70, 79])).toBe('At the right of the B-scan.')
    expect(hit([35, 45])).toBe('In the middle of the B-scan.')
    expect(hit([0, 5], [74, 79])).toBe('At both ends of the B-scan.')
    expect(hit([0, 60])).toBe('Along most of the B-scan.')
    expect(hit([0, 79])).toBe('Along the whole B-scan.')
  })

  it('is nothing where no interval shows it, or only those of something else', () => {
    expect(where({ intervals: [at(0, 20, 'high-noise')] })).toBeNull()
    expect(where({ intervals: [at(0, 20)] }, [criterion('C', 'fail')])).toBeNull()
  })
})

describe('what to do', () => {
  it('takes the protocol of that eye again', () => {
    expect(told({}, upper).todo).toEqual({ en: 'Take Ring 12°, right eye, again.', de: 'Ring 12°, rechtes Auge, wiederholen.' })
    expect(told({ facts: { ...facts, protocol: null, laterality: 'OS' } }, upper).todo.en).toBe('Take this scan again, left eye.')
    expect(told({ facts: { ...facts, laterality: 'unknown' } }, upper).todo.de).toBe('Ring 12° wiederholen.')
  })

  it('checks the eye, corrects lines, asks a reader', () => {
    expect(told({ action: 'ask-reader', verdict: 'ambiguous' }, [criterion('L.anatomy', 'fail')]).todo.en).toBe('Check the eye.')
    expect(told({ action: 'correct-layers' }, [criterion('A.missing', 'fail')]).todo.de).toBe('Die Schichtgrenzen korrigieren.')
    expect(told({ action: 'ask-reader', verdict: 'ambiguous' }, [criterion('S', 'warn')]).todo.en).toBe('Ask a reader.')
  })

  it("says what to turn only in a reviewer's words, for that device and criterion", () => {
    const todo = { en: 'Turn the focus to the eye.', de: 'Den Fokus auf das Auge stellen.' }
    const advice = [{ device: 'Heidelberg', criterion: 'O', todo, source: 'Site SOP 4', reviewer: 'Dr. A' }]
    const own = parseProfile({ name: 'site-1', title: 'Site', advice })
    expect(told({}, [criterion('O.blur', 'fail')], own)).toMatchObject({ todo, source: 'Site SOP 4', reviewer: 'Dr. A' })
    expect(told({}, upper, own)).toMatchObject({ source: null, reviewer: null, todo: { en: expect.stringContaining('again') } })
    expect(told({ facts: { ...facts, device: 'Topcon Triton' } }, [criterion('O.blur', 'fail')], own).reviewer).toBeNull()
    expect(told({}, [criterion('O.blur', 'fail')]).todo.en).not.toMatch(/focus|turn|knob/i)
    const open = { verdict: 'ambiguous', action: 'ask-reader' } as const
    expect(told(open, [criterion('O.blur', 'unknown')], own)).toMatchObject({ todo: { en: 'Ask a reader.' }, reviewer: null })
  })
})

describe('of generated scans', () => {
  const judged = async (fault: 'none' | 'cut-upper' | 'dark') => {
    const bytes = synthesise({ pattern: 'ring', laterality: 'OD', seed: 7, width: 192, fault })
    return sentenceOf(await judge([{ name: '', source: bytesSource(bytes) }]), defaultProfile)
  }

  it('a ring cut off at the top is to be taken again', async () => {
    expect(await judged('cut-upper')).toMatchObject({
      what: { en: 'The top of the retina is cut off.', de: 'Der obere Rand der Netzhaut ist abgeschnitten.' },
      where: { en: expect.stringContaining('the ring') },
      todo: { en: 'Take Ring 12°, right eye, again.' },
    })
  })
})
