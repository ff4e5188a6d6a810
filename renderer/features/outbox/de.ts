import type { Sentences } from '../../i18n/en.ts'
import type en from './en.ts'

/** The sentences about what waits to go home, in German. */
const de: Sentences<typeof en> = {
  title: 'Wartet auf das Archiv',
  tabs: 'Läufe, und was wartet',
  runs: 'Alle Läufe',
  waits: 'Wartet auf das Archiv',
  waitsCount: 'Wartet auf das Archiv {{count}}',
  lead_one: '{{count}} Eintrag wartet auf das Archiv.',
  lead_other: '{{count}} Einträge warten auf das Archiv.',
  sealed:
    'Jeder ist hier verschlüsselt verwahrt, bis er aus dem Archiv zurückgelesen ist. Gesendet wird in dieser Reihenfolge, menschliche Urteile zuerst.',
  memory: 'Dieser Arbeitsplatz hat keinen Schlüsselbund, sie liegen im Arbeitsspeicher: lassen Sie Scanside offen, bis sie im Archiv sind.',
  blockedOnly: 'Was übrig ist, braucht Ihre Entscheidung.',
  now: {
    button: 'Jetzt senden',
    sending: 'Wird gesendet…',
    sent_one: '{{count}} Eintrag ist im Archiv und wurde zurückgelesen.',
    sent_other: '{{count}} Einträge sind im Archiv und wurden zurückgelesen.',
    none: 'Nichts konnte gesendet werden. Alles ist weiter hier verwahrt.',
    offline: 'Das Archiv antwortet nicht. Gesendet wird von selbst, sobald es antwortet.',
    signIn: 'Melden Sie sich unten links an; gesendet wird dann von selbst.',
  },
  blocked: 'Braucht eine Entscheidung',
  ordered: 'Unterwegs, in dieser Reihenfolge',
  more: '{{count}} weitere warten dahinter.',
  kind: { grading: 'Urteil', results: 'Ergebnisse' },
  unnamed: { locked: 'Inhalt nicht lesbar', other: 'aus früherer Zeit' },
  since: 'seit {{when}}',
  state: {
    waiting: 'Wartet',
    sending: 'Wird gesendet',
    conflict: 'Dort liegt anderes',
    refused: 'Nicht angenommen',
    locked: 'Schlüssel fehlt',
  },
  say: {
    offline: 'Das Archiv antwortet nicht. Gesendet wird von selbst, sobald es antwortet.',
    signIn: 'Gesendet wird, sobald sich jemand an seinem Archiv anmeldet.',
    next: 'Gesendet wird beim nächsten Versuch.',
    sending: 'Wird gesendet und danach zurückgelesen.',
    session:
      'Der Termin ist nicht mehr im Archiv, oder Ihr Konto darf ihn nicht sehen. Fragen Sie die Projektleitung und versuchen Sie es dann noch einmal.',
    forbidden:
      'Das Archiv lässt dieses Konto dort nicht schreiben. Bitten Sie die Projektleitung um das Recht und versuchen Sie es dann noch einmal.',
    full: 'Das Archiv hat keinen Platz dafür. Sagen Sie es seiner Administration; es wird von selbst wieder versucht.',
    busy: 'Das Archiv ist beschäftigt und bittet um Geduld. Es wird von selbst wieder versucht.',
    fault: 'Das Archiv meldet einen eigenen Fehler. Es wird von selbst wieder versucht; sagen Sie es seiner Administration, wenn es so bleibt.',
    again: 'Was das Archiv abgelegt hat, ist nicht, was gesendet wurde. Es wird von selbst noch einmal gesendet.',
    newer: 'Ein neueres Scanside hat dies gepackt; es bleibt unberührt. Aktualisieren Sie Scanside auf diesem Rechner, um es zu senden.',
    damaged:
      'Die Datei dazu ist beschädigt. Was die Aufzeichnungen dieses Platzes noch haben, ist neu gepackt; ist das Ergebnis nicht im Archiv, führen Sie die Aufnahmen noch einmal aus und verwerfen Sie dies danach.',
    conflict: 'Im Archiv liegt unter diesem Namen etwas anderes. Nichts wurde überschrieben; wählen Sie, was gilt.',
    refused: 'Das Archiv nimmt es nicht an. Es bleibt hier verwahrt; versuchen Sie es noch einmal, wenn der Grund behoben ist.',
    locked:
      'Der Schlüssel dazu ist nicht mehr im Schlüsselbund dieses Rechners, oder der Schlüsselbund antwortet nicht: versuchen Sie es dann noch einmal. Ist der Schlüssel verloren, sind die Aufnahmen unverändert: führen Sie sie noch einmal aus und verwerfen Sie dies danach; mit dem Wiederherstellungsschlüssel des Standorts kann Ihre Administration es öffnen.',
    lockedGrading:
      'Der Schlüssel dazu ist nicht mehr im Schlüsselbund dieses Rechners, oder der Schlüsselbund antwortet nicht: versuchen Sie es dann noch einmal. Ist der Schlüssel verloren, beurteilen Sie diese Aufnahmen neu, oder bitten Sie Ihre Administration, es mit dem Wiederherstellungsschlüssel des Standorts zu öffnen, bevor Sie es verwerfen.',
  },
  compare: 'Hier {{ours}}. Im Archiv {{theirs}}, MD5 {{md5}}.',
  openRun: 'Lauf öffnen',
  choice: {
    retry: 'Noch einmal',
    'keep-theirs': 'Das im Archiv gilt',
    'send-beside': 'Daneben senden',
    replace: 'Das im Archiv ersetzen',
    discard: 'Verwerfen',
  },
  ask: {
    'keep-theirs': 'Die Datei im Archiv behalten und vernichten, was hier wartet ({{what}})?',
    replace: 'Die Datei im Archiv durch das ersetzen, was hier wartet ({{what}})? Die im Archiv ist dann fort.',
    discard: '{{what}} ungesendet vernichten? Das ist nicht rückgängig zu machen.',
  },
  yes: { 'keep-theirs': 'Unseres vernichten', replace: 'Archiv ersetzen', discard: 'Vernichten' },
  no: 'Warten lassen',
  empty: {
    title: 'Nichts wartet auf das Archiv',
    body: 'Ergebnisse und Urteile stehen hier, solange das Archiv sie nicht annehmen kann, verschlüsselt, und gehen, sobald sie zurückgelesen sind.',
    runs: 'Alle Läufe zeigen',
  },
  status: {
    none: 'Nichts wartet',
    waiting_one: '{{count}} wartet aufs Archiv',
    waiting_other: '{{count}} warten aufs Archiv',
    blocked_one: '{{count}} braucht Sie',
    blocked_other: '{{count}} brauchen Sie',
    title: 'Ergebnisse und Urteile, die noch nicht im Archiv sind; Scanside hält sie und versucht es wieder',
  },
}
export default de
