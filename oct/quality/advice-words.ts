/** What is wrong, in words for the person at the device: one short sentence per criterion, read in a second. Numbers stand beside it, in the list. */
import type { Status } from '../results.ts'
import type { Words } from './profile.ts'

const words = (en: string, de: string): Words => ({ en, de })

/** How a finding is told. `unknown` where it has words of its own for what could not be measured. */
interface Told {
  wrong: Words
  unknown?: Words
}

/** By criterion, the most conclusive first: of several that decide alike, the first is told. A part of a criterion (`C.ring`) stands before the whole. */
export const findings: readonly (readonly [id: string, told: Told])[] = [
  [
    'completeness.signal',
    {
      wrong: words('Parts of the scan are missing.', 'Teile der Aufnahme fehlen.'),
      unknown: words('Whether parts are missing is not known.', 'Ob Teile fehlen, ist nicht bekannt.'),
    },
  ],
  ['completeness.folded', { wrong: words('The retina is mirrored at the edge.', 'Die Netzhaut ist am Rand gespiegelt.') }],
  [
    'completeness.upper',
    {
      wrong: words('The top of the retina is cut off.', 'Der obere Rand der Netzhaut ist abgeschnitten.'),
      unknown: words(
        'Whether the top of the retina is cut off is not known.',
        'Ob der obere Rand der Netzhaut abgeschnitten ist, ist nicht bekannt.',
      ),
    },
  ],
  [
    'completeness.lower',
    {
      wrong: words('The bottom of the retina is cut off.', 'Der untere Rand der Netzhaut ist abgeschnitten.'),
      unknown: words(
        'Whether the bottom of the retina is cut off is not known.',
        'Ob der untere Rand der Netzhaut abgeschnitten ist, ist nicht bekannt.',
      ),
    },
  ],
  [
    'completeness',
    {
      wrong: words('The retina is not wholly in the picture.', 'Die Netzhaut ist nicht ganz im Bild.'),
      unknown: words('Whether the whole retina is in the picture is not known.', 'Ob die Netzhaut ganz im Bild ist, ist nicht bekannt.'),
    },
  ],
  ['motion.blank', { wrong: words('B-scans are blank: the eye blinked.', 'B-Scans sind leer: Das Auge hat geblinzelt.') }],
  ['L.pair', { wrong: words('The scans of this visit disagree on the eye.', 'Die Aufnahmen dieser Visite widersprechen sich beim Auge.') }],
  ['L.anatomy', { wrong: words('This looks like the other eye.', 'Das sieht nach dem anderen Auge aus.') }],
  [
    'L',
    {
      wrong: words('Which eye this is, is in doubt.', 'Es ist zweifelhaft, welches Auge das ist.'),
      unknown: words('The file does not say which eye this is.', 'Die Datei sagt nicht, welches Auge das ist.'),
    },
  ],
  [
    'C',
    {
      wrong: words('The scan is not centred.', 'Die Aufnahme ist nicht zentriert.'),
      unknown: words('Whether the scan is centred could not be measured.', 'Ob die Aufnahme zentriert ist, ließ sich nicht messen.'),
    },
  ],
  [
    'O.protocol',
    {
      wrong: words('The scan was not taken as the protocol wants.', 'Die Aufnahme entspricht nicht dem Protokoll.'),
      unknown: words('Whether the protocol was kept to is not known.', 'Ob das Protokoll eingehalten wurde, ist nicht bekannt.'),
    },
  ],
  ['S.cnr', { wrong: words('The layers hardly stand out.', 'Die Schichten heben sich kaum ab.') }],
  [
    'S',
    {
      wrong: words('The signal is too weak.', 'Das Signal ist zu schwach.'),
      unknown: words('The signal could not be judged.', 'Das Signal ließ sich nicht beurteilen.'),
    },
  ],
  ['I.saturated', { wrong: words('The fundus image is overexposed.', 'Das Fundusbild ist überbelichtet.') }],
  ['I.dark', { wrong: words('The fundus image is too dark.', 'Das Fundusbild ist zu dunkel.') }],
  ['I.vignette', { wrong: words('The corners of the fundus image are dark.', 'Die Ecken des Fundusbilds sind dunkel.') }],
  ['I.bscan', { wrong: words('Part of the B-scan lies in the shade.', 'Ein Teil des B-Scans liegt im Schatten.') }],
  [
    'I',
    {
      wrong: words('The fundus image is badly lit.', 'Das Fundusbild ist schlecht ausgeleuchtet.'),
      unknown: words('The light could not be judged.', 'Die Ausleuchtung ließ sich nicht beurteilen.'),
    },
  ],
  ['B.tilt', { wrong: words('The retina is tilted.', 'Die Netzhaut liegt schräg.') }],
  [
    'B',
    {
      wrong: words('One side of the B-scan is darker than the other.', 'Eine Seite des B-Scans ist dunkler als die andere.'),
      unknown: words('The course of the beam could not be judged.', 'Der Strahlengang ließ sich nicht beurteilen.'),
    },
  ],
  [
    'O',
    {
      wrong: words('The scan is blurred.', 'Die Aufnahme ist unscharf.'),
      unknown: words('The focus could not be judged.', 'Die Schärfe ließ sich nicht beurteilen.'),
    },
  ],
  [
    'motion',
    {
      wrong: words('The eye moved during the scan.', 'Das Auge hat sich während der Aufnahme bewegt.'),
      unknown: words('Motion could not be judged.', 'Bewegung ließ sich nicht beurteilen.'),
    },
  ],
  [
    'F',
    {
      wrong: words('The scan does not match the earlier visit.', 'Die Aufnahme passt nicht zur früheren Visite.'),
      unknown: words('It could not be held against the earlier visit.', 'Sie ließ sich nicht mit der früheren Visite vergleichen.'),
    },
  ],
  ['A.crossing', { wrong: words('Layer lines cross.', 'Schichtgrenzen kreuzen sich.') }],
  ['A.missing', { wrong: words('Layer lines are missing.', 'Schichtgrenzen fehlen.') }],
  ['A.jump', { wrong: words('Layer lines jump.', 'Schichtgrenzen springen.') }],
  [
    'A',
    {
      wrong: words('Layer lines lie off their border.', 'Schichtgrenzen liegen neben ihrer Schicht.'),
      unknown: words('The layer lines could not be judged.', 'Die Schichtgrenzen ließen sich nicht beurteilen.'),
    },
  ],
]

/** For a criterion this table does not know: a profile of another version. */
const other: Told = {
  wrong: words('A criterion is not met.', 'Ein Kriterium ist nicht erfüllt.'),
  unknown: words('A criterion could not be measured.', 'Ein Kriterium ließ sich nicht messen.'),
}

/** Place of a criterion in the table: its own, or that of what it is a part of; the end where there is none. */
export function rankOf(id: string): number {
  for (let part = id; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.')))) {
    const at = findings.findIndex(([known]) => known === part)
    if (at >= 0) return at
  }
  return findings.length
}

/** What is told of a criterion with this status. */
export function wrongOf(id: string, status: Status): Words {
  // The ring about the disc is seen otherwise than a volume about the fovea; the id tells which.
  if (id === 'C.ring' && status !== 'unknown') return words('The ring is not centred on the disc.', 'Der Ring ist nicht um die Papille zentriert.')
  const at = rankOf(id)
  const told = findings[at]?.[1] ?? other
  if (status !== 'unknown') return told.wrong
  // Of a part that has no words of its own, the whole's.
  return told.unknown ?? findings[rankOf(id.slice(0, Math.max(0, id.lastIndexOf('.'))))]?.[1].unknown ?? (other.unknown as Words)
}
