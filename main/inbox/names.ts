/** Whether a reason that will be kept and shown to others names somebody. Pure; it warns, and refuses only what is certain. */

/** Words of the field that are written with a capital, so that two of them together are no name. */
const fieldWords = new Set(
  (
    'Retina Netzhaut Signal Ring Makula Macula Papille Disc Scan Scans Aufnahme Aufnahmen Schicht Schichten Layer Layers Linie Linien Rand Bild Oben ' +
    'Unten Links Rechts Top Bottom Left Right Upper Lower Obere Untere Oberer Unterer Motion Blink Lidschlag Bewegung Katarakt Cataract Qualität Quality ' +
    'Patient Patientin Person Auge Eye Kamera Camera Fokus Focus Licht Light Schatten Shadow Gefäß Gefäße Vessel Vessels Protokoll Protocol Trotz Nur Kein ' +
    'Keine Das Der Die Ein Eine The This That Only Not No Artefakt Artefact Artifact Spectralis Heidelberg Topcon Zeiss Zentrierung Fovea Bruch Membran ' +
    'Membrane Reading Centre Center Wegen Weil Für Good Gut Best Fixation Tränenfilm Auflösung Mitte Verschiebung Ausschnitt Beleuchtung Segmentierung'
  ).split(' '),
)

const titled = /\b(Mrs?|Ms|Miss|Frau|Herrn?|Hr|Fr|Dr|Prof)\.?\s+\p{Lu}/u
const initialed = /\b\p{Lu}\.\s?\p{Lu}\p{Ll}+/u
const commaNamed = /\b\p{Lu}\p{Ll}{2,},\s*\p{Lu}\p{Ll}+/u
const dated = /\b(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|(19|20)\d{6})\b/
const numbered = /\b[A-Za-z]{1,5}[-_]?\d{3,}\b|\d{5,}/
const pairs = /(\p{Lu}\p{Ll}+)(?:-\p{Lu}\p{Ll}+)?\s+(?=(\p{Lu}\p{Ll}+))/gu

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

export interface ReasonCheck {
  /** It holds the patient's own id: nobody can mean that to be kept. */
  names: boolean
  /** What looks like a person, for them to look at again; null where nothing does. */
  warning: string | null
}

/**
 * @param own ids that must not be in it: the patient's and the visit's
 */
export const checkReason = (reason: string, own: readonly string[]): ReasonCheck => {
  const said = plain(reason)
  // Ids of one or two letters are in every word.
  const names = own.map(plain).some((id) => id.length >= 3 && said.includes(id))
  return { names, warning: names ? 'It holds the patient’s own ID.' : warningOf(reason) }
}

const warningOf = (reason: string): string | null => {
  if (dated.test(reason)) return 'There is a date in it. A birth date or an appointment tells who somebody is.'
  if (titled.test(reason) || initialed.test(reason) || commaNamed.test(reason)) return 'It looks as if it names a person.'
  if (numbered.test(reason)) return 'There is something in it that looks like an ID.'
  for (const [, first = '', second = ''] of reason.matchAll(pairs)) {
    if (!fieldWords.has(first) && !fieldWords.has(second)) return 'It looks as if it names a person.'
  }
  return null
}
