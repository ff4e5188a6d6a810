import type { CheckSentences } from './sentences.ts'

/** What the self-check finds, in German. */
export const checksDe: CheckSentences = {
  names: {
    engine: 'Container-Engine',
    'data-root': 'Platte der Engine',
    keyring: 'Schlüsselbund',
    disk: 'Freier Platz',
    archive: 'Archiv',
    certificate: 'Zertifikat',
    clock: 'Uhr',
    cloud: 'Cloud',
    records: 'Aufzeichnungen',
    outbox: 'Wartet aufs Archiv',
    receipts: 'Quittungen',
  },
  any: {
    'no-answer': [
      'In {{seconds}} s kam keine Antwort.',
      'Sehen Sie noch einmal nach; bleibt es so, starten Sie es neu, oder fragen Sie, wer es betreut.',
    ],
    failed: ['Das ließ sich nicht prüfen.', 'Sehen Sie noch einmal nach; bleibt es so, sichern Sie den Bericht für Ihre Administration.'],
  },
  found: {
    engine: {
      ready: ['{{kind}}[ {{version}}] ist bereit.'],
      looking: ['Scanside sucht noch nach einer Container-Engine.', 'Sehen Sie gleich noch einmal nach.'],
      'not-installed': [
        'Es gibt keine Container-Engine. Aufnahmen werden ohne sie beurteilt.',
        'Lassen Sie Docker oder Podman installieren, wenn hier andere Pipelines laufen sollen.',
      ],
      'not-running': [
        'Die Container-Engine ist installiert, läuft aber nicht. Aufnahmen werden ohne sie beurteilt.',
        'Starten Sie Docker (oder Podman) und sehen Sie noch einmal nach.',
      ],
      'no-permission': [
        'Dieses Konto darf die Container-Engine nicht verwenden. Aufnahmen werden ohne sie beurteilt.',
        'Bitten Sie Ihre Administration, diesem Konto Docker zu erlauben.',
      ],
      'too-old': ['Die Container-Engine ist zu alt, um Pipelines sicher auszuführen.', 'Bitten Sie Ihre Administration um Docker 19.03 oder neuer.'],
      'windows-containers': [
        'Docker steht auf Windows-Container; Pipelines brauchen Linux-Container.',
        'Wählen Sie im Menü von Docker Desktop „Switch to Linux containers“.',
      ],
      refused: [
        'Die Adresse der Engine ist nicht sicher: Aufnahmen gingen unverschlüsselt zu ihr.',
        'Lassen Sie sie über SSH oder TLS erreichen, oder nehmen Sie die Engine dieses Rechners.',
      ],
      unknown: [
        'Die Container-Engine antwortet auf eine Weise, die Scanside nicht kennt.',
        'Starten Sie die Engine neu und sehen Sie noch einmal nach.',
      ],
    },
    'data-root': {
      encrypted: ['Die Engine hält ihre Volumes auf einer verschlüsselten Platte.'],
      'in-memory': ['Die Engine hält ihre Volumes im Arbeitsspeicher.'],
      'not-known': [
        'Ob die Platte der Engine verschlüsselt ist, lässt sich von hier nicht sagen. Was ein Lauf auf dem Medium lässt, ist entfernt, nicht gelöscht.',
        'Lassen Sie die Platte verschlüsseln: BitLocker, FileVault oder LUKS.',
      ],
      'no-engine': ['Es gibt keine Engine, die Daten hielte.'],
    },
    keyring: {
      available: ['Schlüssel und Tokens liegen im Schlüsselbund dieses Rechners.'],
      missing: [
        'Kein Schlüsselbund antwortet: Anmeldung, Aufzeichnungen und was aufs Archiv wartet enden mit diesem Fenster.',
        'Entsperren oder starten Sie den Schlüsselbund dieses Kontos (unter Linux einen Secret Service wie GNOME Keyring) und sehen Sie noch einmal nach.',
      ],
    },
    disk: {
      enough: ['{{freeGb}} GB sind frei[, dazu {{engineFreeGb}} GB für die Engine].'],
      low: ['Auf der Platte dieses Platzes sind noch {{freeGb}} GB frei.', 'Schaffen Sie Platz: Papierkorb leeren, alte Exporte verschieben.'],
      full: [
        'Auf der Platte dieses Platzes sind noch {{freeGb}} GB frei: Neues wird nicht begonnen.',
        'Schaffen Sie Platz: Papierkorb leeren, alte Exporte verschieben.',
      ],
      'engine-low': ['Auf der Platte der Engine sind noch {{engineFreeGb}} GB frei.', 'Schaffen Sie Platz: Images entfernen, die niemand verwendet.'],
      'engine-full': [
        'Auf der Platte der Engine sind noch {{engineFreeGb}} GB frei: kein Container wird gestartet.',
        'Schaffen Sie Platz: Images entfernen, die niemand verwendet.',
      ],
      'not-known': ['Wie viel Platz frei ist, lässt sich nicht sagen.', 'Sehen Sie noch einmal nach; bleibt es so, fragen Sie Ihre Administration.'],
    },
    archive: {
      answers: ['Das Archiv[ (XNAT {{version}})] antwortet nach {{ms}} ms.'],
      slow: [
        'Das Archiv[ (XNAT {{version}})] antwortet erst nach {{ms}} ms.',
        'Sehen Sie noch einmal nach; bleibt es so, sagen Sie es der Administration des Archivs.',
      ],
      'signed-out': ['Niemand ist an einem Archiv angemeldet.'],
      expired: ['Das Archiv antwortet, nimmt aber diese Anmeldung nicht mehr an.', 'Melden Sie sich neu an; nichts ging verloren.'],
      away: [
        'Das Archiv ist nicht erreichbar. Die Arbeit geht weiter; Ergebnisse warten hier.',
        'Prüfen Sie Netz und VPN und sehen Sie noch einmal nach.',
      ],
      untrusted: ['Dem Zertifikat des Archivs wird hier nicht vertraut, darum wird nichts gesendet.', 'Siehe unten das Zertifikat.'],
    },
    certificate: {
      valid: ['Ausgestellt von {{issuer}}, noch {{days:Tag|Tage}} gültig.'],
      'ends-soon': ['Ausgestellt von {{issuer}}, endet in {{days:Tag|Tagen}}.', 'Sagen Sie es der Administration des Archivs.'],
      expired: ['Das Zertifikat des Archivs ist abgelaufen.', 'Sagen Sie es der Administration des Archivs; prüfen Sie die Uhr dieses Rechners.'],
      'not-yet-valid': ['Das Zertifikat des Archivs ist noch nicht gültig.', 'Prüfen Sie die Uhr dieses Rechners.'],
      'wrong-name': [
        'Das Zertifikat gilt für einen anderen Namen: das ist vielleicht nicht das Archiv.',
        'Prüfen Sie die Adresse des Archivs; sagen Sie es seiner Administration.',
      ],
      untrusted: [
        'Niemand, dem dieser Rechner vertraut, hat das Zertifikat des Archivs ausgestellt[ ({{why}})].',
        'Ist es das Ihres Instituts, lassen Sie dessen CA-Zertifikat in die Standortdatei eintragen.',
      ],
      'not-encrypted': ['Das Archiv liegt auf diesem Rechner selbst und braucht kein Zertifikat.'],
      'not-seen': ['Das Archiv zeigte kein Zertifikat.', 'Prüfen Sie Netz und VPN und sehen Sie noch einmal nach.'],
      'no-archive': ['Kein Archiv ist eingestellt, es gibt kein Zertifikat anzusehen.'],
    },
    clock: {
      right: ['Stimmt auf {{seconds}} s mit der {{against}} überein.'],
      off: [
        'Die Uhr dieses Rechners geht {{seconds}} s {{direction}} gegenüber der {{against}}.',
        'Lassen Sie diesen Rechner seine Uhr nach dem Netz stellen (NTP).',
      ],
      wrong: [
        'Die Uhr dieses Rechners geht {{seconds}} s {{direction}} gegenüber der {{against}}: Anmeldungen enden zu früh oder werden abgelehnt, und Daten sind falsch datiert.',
        'Lassen Sie diesen Rechner seine Uhr nach dem Netz stellen (NTP).',
      ],
      'not-known': ['Kein Server hat seine Zeit gesagt, darum ließ sich die Uhr nicht vergleichen.'],
    },
    cloud: {
      ready: ['Die Cloud ist für Läufe bereit.'],
      warned: ['Die Cloud ist bereit, mit {{warnings:Warnung|Warnungen}}.', 'Lesen Sie sie in den Optionen der Cloud.'],
      'not-ready': [
        'Die Cloud antwortet, aber noch lassen sich keine Läufe hinschicken.',
        'Wählen Sie Image und Maschine in den Optionen der Cloud.',
      ],
      'signed-out': ['Niemand ist an der Cloud angemeldet.', 'Melden Sie sich unter „Dieser Platz“ an, wenn Läufe dorthin gehen sollen.'],
      refused: ['Die Cloud nimmt diese Anmeldung nicht an.', 'Melden Sie sich neu an der Cloud an.'],
      away: ['Die Cloud ist nicht erreichbar.', 'Prüfen Sie Netz und VPN und sehen Sie noch einmal nach.'],
      'no-cloud': ['An diesem Platz ist keine Cloud eingerichtet.'],
    },
    records: {
      kept: ['Verschlüsselt aufbewahrt, mit {{runs:Lauf|Läufen}}; nichts ist offen.'],
      'in-memory': [
        'Die Aufzeichnungen liegen im Arbeitsspeicher: sie enden mit diesem Fenster.',
        'Bringen Sie den Schlüsselbund in Ordnung (siehe oben).',
      ],
      'read-only': ['Ein neueres Scanside schrieb die Aufzeichnungen: sie werden nur gelesen.', 'Aktualisieren Sie Scanside auf diesem Rechner.'],
      'moved-aside': [
        'Die früheren Aufzeichnungen waren nicht lesbar und wurden beiseitegelegt; nichts wurde gelöscht. Neue werden geschrieben.',
        'Sagen Sie es Ihrer Administration: die Datei endet auf .unreadable und wird vielleicht gebraucht.',
      ],
      owed: [
        '{{owed:Ding|Dinge}} früherer Läufe müssen noch entfernt werden.',
        'Starten Sie die Engine, oder melden Sie sich an der Cloud an, auf der sie liegen; entfernt wird dann von selbst.',
      ],
    },
    outbox: {
      empty: ['Nichts wartet aufs Archiv.'],
      waiting: ['{{waiting:Eintrag wartet|Einträge warten}} aufs Archiv.', 'Melden Sie sich am Archiv an; gesendet wird von selbst.'],
      blocked: ['{{blocked:Eintrag braucht|Einträge brauchen}} eine Entscheidung.', 'Öffnen Sie „Wartet auf das Archiv“ und wählen Sie.'],
      locked: [
        '{{locked:Eintrag lässt|Einträge lassen}} sich nicht öffnen: der Schlüssel fehlt im Schlüsselbund.',
        'Führen Sie diese Aufnahmen noch einmal aus, oder bitten Sie Ihre Administration um den Wiederherstellungsschlüssel des Standorts.',
      ],
    },
    receipts: {
      whole: ['Alle {{lines:Zeile|Zeilen}} der Quittungen und der Buchführung folgen aufeinander.'],
      broken: [
        'Die Kette der Quittungen hält ab Zeile {{line}} nicht: jemand oder etwas hat sie verändert.',
        'Exportieren Sie sie, wie sie ist, und zeigen Sie sie der Person, die für den Datenschutz einsteht.',
      ],
      'none-yet': ['Noch wurde keine Quittung geschrieben.'],
    },
  },
  words: {
    kind: { docker: 'Docker', podman: 'Podman', engine: 'Die Engine' },
    issuer: { system: 'einer Stelle, der dieser Rechner vertraut', site: 'der Stelle aus der Standortdatei' },
    against: { archive: 'Uhr des Archivs', cloud: 'Uhr der Cloud' },
    direction: { ahead: 'vor', behind: 'nach' },
  },
}
