/** SOP classes: which are read, and what the others are called in a sentence. */
import { sopClass } from './syntaxes.ts'

export type Kind = 'opt' | 'op' | 'en-face'

const kinds = new Map<string, Kind>([
  [sopClass.opt, 'opt'],
  [sopClass.op8, 'op'],
  [sopClass.op16, 'op'],
  [sopClass.enFace, 'en-face'],
])

const storage = '1.2.840.10008.5.1.4.1.1.'

const names = new Map([
  ['1.2.840.10008.1.3.10', 'a directory of a medium (DICOMDIR)'],
  [`${storage}1`, 'a computed radiograph'],
  [`${storage}2`, 'a CT image'],
  [`${storage}2.1`, 'a CT image'],
  [`${storage}4`, 'an MR image'],
  [`${storage}4.1`, 'an MR image'],
  [`${storage}6.1`, 'an ultrasound image'],
  [`${storage}7`, 'a secondary capture image'],
  [`${storage}7.2`, 'a secondary capture image'],
  [`${storage}7.4`, 'a secondary capture image'],
  [`${storage}66`, 'raw data'],
  [`${storage}66.4`, 'a segmentation'],
  [`${storage}66.5`, 'a surface segmentation'],
  [`${storage}77.1.4`, 'a photograph'],
  [`${storage}77.1.5.3`, 'a stereometric relationship'],
  [`${storage}77.1.5.5`, 'a wide-field fundus photograph'],
  [`${storage}77.1.5.6`, 'a wide-field fundus photograph'],
  [`${storage}77.1.5.8`, 'an analysis of a B-scan volume'],
  [`${storage}78.1`, 'lensometry measurements'],
  [`${storage}78.2`, 'autorefraction measurements'],
  [`${storage}78.3`, 'keratometry measurements'],
  [`${storage}78.7`, 'axial measurements of an eye'],
  [`${storage}78.8`, 'an intraocular lens calculation'],
  [`${storage}80.1`, 'a visual field'],
  [`${storage}81.1`, 'a thickness map'],
  [`${storage}82.1`, 'a corneal topography map'],
  [`${storage}88.11`, 'a report'],
  [`${storage}88.22`, 'a report'],
  [`${storage}88.33`, 'a report'],
  [`${storage}104.1`, 'a PDF'],
  [`${storage}128`, 'a PET image'],
])

export function classKind(uid: string): Kind | undefined {
  return kinds.get(uid)
}

/** `a CT image`; of classes without a name here their UID. */
export function className(uid: string): string {
  return names.get(uid) ?? (/^[0-9.]{1,64}$/.test(uid) ? `of the class ${uid}` : 'of no class that it names')
}
