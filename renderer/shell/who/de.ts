import type { Sentences } from '../../i18n/en.ts'
import type en from './en.ts'

/** Sentences about who sits here, in German. */
const de: Sentences<typeof en> = {
  nobody: 'Namen wählen',
  person: '{{name}} sitzt hier. Übergeben oder sperren',
  title: 'Wer sitzt hier?',
  handOver: 'Übergeben an',
  body: 'Entscheidungen und Beurteilungen tragen diesen Namen. Läufe gehen weiter.',
  pick: 'Namen dieses Arbeitsplatzes',
  pin: 'PIN von {{name}}',
  enter: 'Eingeben',
  add: 'Namen hinzufügen',
  name: 'Name oder Kürzel',
  addNow: 'Hinzufügen',
  leave: 'Niemand',
  lock: 'Sperren',
  here: 'sitzt hier',
  locked: 'Dieser Arbeitsplatz ist gesperrt',
  lockedBody: 'Aufnahmen werden weiter geprüft, Läufe gehen weiter. Wählen Sie Ihren Namen, um sie zu sehen.',
}
export default de
