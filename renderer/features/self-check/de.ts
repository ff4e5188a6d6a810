import type { Sentences } from '../../i18n/en.ts'
import type en from './en.ts'

/** The sentences around the self-check in German. */
const de: Sentences<typeof en> = {
  tabs: 'Optionen und Selbstprüfung',
  desk: 'Dieser Platz',
  title: 'Selbstprüfung',
  about: 'Sieht nach, was Scanside auf diesem Rechner und um ihn herum braucht. Nichts wird irgendwohin gesendet.',
  looking: 'Wird geprüft…',
  again: 'Noch einmal prüfen',
  at: 'Geprüft um {{time}}.',
  allWell: 'Alles ist in Ordnung.',
  problems_one: '{{count}} Problem.',
  problems_other: '{{count}} Probleme.',
  attention_one: '{{count}} Hinweis.',
  attention_other: '{{count}} Hinweise.',
  state: { ok: 'In Ordnung', attention: 'Hinweis', problem: 'Problem', none: 'Ungenutzt' },
  step: 'Was zu tun ist:',
  toWaiting: 'Wartet auf das Archiv',
  report: {
    button: 'Bericht sichern',
    about:
      'Ein Text für die Person, die Ihnen hilft: was oben steht, die Versionen und die neuesten Zeilen des lokalen Protokolls. Namen, Kennungen, Adressen und Geheimnisse sind nicht darin.',
  },
  saved: 'Gesichert.',
  saving: 'Wird gesichert…',
  notSaved: 'Das ließ sich nicht sichern. Nichts wurde verändert; bitte versuchen Sie es noch einmal.',
  chain: {
    title: 'Quittungen und Buchführung',
    about: 'Was wo lief und dass es entfernt wurde, jede Zeile mit der davor versiegelt.',
    whole: { lead: 'Die Kette ist ganz.', rest: 'Jede Zeile folgt aus der davor.' },
    broken: {
      lead: 'Die Kette hält ab Zeile {{line}} nicht.',
      rest: 'Exportieren Sie sie, wie sie ist, und zeigen Sie sie der Person, die für den Datenschutz einsteht.',
    },
    none: { lead: 'Noch ist nichts geschrieben.', rest: 'Der erste Lauf hinterlässt die erste Zeile.' },
    lines: 'Zeilen',
    oldest: 'Älteste',
    fingerprint: 'Fingerabdruck',
    copy: 'Kopieren',
    copied: 'Kopiert.',
    export: 'Exportieren',
    exportAbout: 'Wer die Datei bekommt, prüft sie mit „npx scanside-verify DATEI“ und vergleicht den Fingerabdruck mit diesem.',
  },
  retention: {
    title: 'Aufbewahrt',
    about: 'Laut Standortdatei. Was auf das Archiv wartet, wird nie durch Zeit entfernt.',
    inboxDays: 'Eingang und seine Bilder',
    offlineDays: 'Offline gehaltene Aufnahmen',
    logDays: 'Lokales Protokoll',
    receiptDays: 'Quittungen und Buchführung',
    days_one: '{{count, number}} Tag',
    days_other: '{{count, number}} Tage',
    forever: 'bis sie jemand entfernt',
  },
  privacy: {
    title: 'Privatsphäre',
    about: 'Was andere von diesem Fenster sehen dürfen.',
    protect: 'Dieses Fenster vor Bildschirmfotos und geteilten Bildschirmen verbergen',
    on: 'Andere sehen es schwarz. Auch Ihre eigenen Bildschirmfotos davon sind schwarz.',
    off: 'Wer diesen Bildschirm geteilt sieht, sieht auch dieses Fenster.',
    fixed: 'Die Standortdatei dieses Platzes legt das fest.',
    browser: 'Ein Browser kann das nicht. Scansides eigenes Fenster kann es unter Windows und macOS.',
    unavailable: 'Dieses System kann kein Fenster verbergen. Unter Windows und macOS kann Scanside es.',
  },
}
export default de
