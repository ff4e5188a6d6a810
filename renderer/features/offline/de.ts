import type { Sentences } from '../../i18n/en.ts'
import type en from './en.ts'

/** The sentences about scans kept for working without the archive, in German. */
const de: Sentences<typeof en> = {
  keep: {
    button: 'Offline halten',
    label: 'Offline halten',
    ask_one: '{{count}} Aufnahme an diesem Platz halten ({{size}})?',
    ask_other: '{{count}} Aufnahmen an diesem Platz halten ({{size}})?',
    sizeUnknown: 'Größe noch nicht bekannt',
    how_one: 'Verschlüsselt, {{count}} Tag lang; dann werden sie von selbst entfernt.',
    how_other: 'Verschlüsselt, {{count}} Tage lang; dann werden sie von selbst entfernt.',
    already: 'Alle sind schon hier; was sich geändert hat, wird neu geholt, und alle werden länger gehalten.',
    noKeyring:
      'Dieser Arbeitsplatz hat keinen Schlüsselbund, Aufnahmen können hier nicht verschlüsselt gehalten werden. Nichts wird geholt; die Optionen sagen, was zu installieren ist.',
    offline: 'Das Archiv antwortet nicht, jetzt kann nichts geholt werden.',
    yes: 'Offline halten',
    busy: 'Wird gefragt…',
  },
  going: 'Aufnahmen werden für offline geholt',
  failed: 'Nicht jede Aufnahme konnte gehalten werden.',
  cancelled: 'Angehalten. Was ganz geholt war, bleibt hier; der Rest ist nicht da.',
  mark: 'offline gehalten bis {{until}}',
  open: 'Offline gehalten',
  openCount: 'Offline gehalten {{count}}',
  sheet: 'Offline gehalten',
  sum_one: '{{count}} Aufnahme, {{size}}, verschlüsselt an diesem Platz.',
  sum_other: '{{count}} Aufnahmen, {{size}}, verschlüsselt an diesem Platz.',
  scan: 'Aufnahme {{scan}}',
  until: 'bis {{until}}',
  soon: 'endet heute',
  forget: 'Vergessen',
  forgetOne: 'Vergessen: {{what}}',
  forgetAll: 'Alle vergessen…',
  ask_one: 'Die {{count}} gehaltene Aufnahme vergessen? Ihr Schlüssel wird vernichtet; die im Archiv bleibt.',
  ask_other: 'Alle {{count}} gehaltenen Aufnahmen vergessen? Ihre Schlüssel werden vernichtet; die im Archiv bleiben.',
  yes: 'Alle vergessen',
  no: 'Behalten',
  empty: {
    title: 'Hier wird keine Aufnahme gehalten',
    body: 'Wählen Sie Aufnahmen in der Tabelle und drücken Sie „Offline halten“. Sie lassen sich dann öffnen und ausführen, während das Archiv fort ist.',
  },
  away: {
    lead: 'Das Archiv antwortet nicht.',
    some_one: '{{count}} hier gehaltene Aufnahme lässt sich öffnen und ausführen; Ergebnisse warten hier, bis das Archiv wieder da ist.',
    some_other: '{{count}} hier gehaltene Aufnahmen lassen sich öffnen und ausführen; Ergebnisse warten hier, bis das Archiv wieder da ist.',
    none: 'Hier wird keine Aufnahme gehalten, bis dahin lässt sich keine öffnen. Abgelegte Dateien und der Eingang gehen weiter.',
  },
  run: {
    kept: 'Das Archiv antwortet nicht. Diese Aufnahmen werden hier gehalten; die Ergebnisse warten verschlüsselt und gehen ins Archiv, sobald es wieder da ist.',
    missing_one:
      'Das Archiv antwortet nicht, und {{count}} dieser Aufnahmen wird hier nicht gehalten. Wählen Sie gehaltene, oder warten Sie, bis es wieder da ist.',
    missing_other:
      'Das Archiv antwortet nicht, und {{count}} dieser Aufnahmen werden hier nicht gehalten. Wählen Sie gehaltene, oder warten Sie, bis es wieder da ist.',
  },
}
export default de
