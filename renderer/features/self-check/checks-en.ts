import type { CheckSentences } from './sentences.ts'

/** What the self-check finds, in English. */
export const checksEn: CheckSentences = {
  names: {
    engine: 'Container engine',
    'data-root': 'Engine’s disk',
    keyring: 'Keyring',
    disk: 'Free space',
    archive: 'Archive',
    certificate: 'Certificate',
    clock: 'Clock',
    cloud: 'Cloud',
    records: 'Records',
    outbox: 'Waiting to go home',
    receipts: 'Receipts',
  },
  any: {
    'no-answer': ['No answer came within {{seconds}} s.', 'Look again; if it stays, restart it, or ask who looks after it.'],
    failed: ['This could not be looked at.', 'Look again; if it stays, save the report for your administrator.'],
  },
  found: {
    engine: {
      ready: ['{{kind}}[ {{version}}] is ready.'],
      looking: ['Scanside is still looking for a container engine.', 'Look again in a moment.'],
      'not-installed': [
        'There is no container engine. Scans are judged without one.',
        'Have Docker or Podman installed if other pipelines are to run at this desk.',
      ],
      'not-running': [
        'The container engine is installed but not running. Scans are judged without it.',
        'Start Docker (or Podman), then look again.',
      ],
      'no-permission': [
        'This account may not use the container engine. Scans are judged without it.',
        'Ask your administrator to let this account use Docker.',
      ],
      'too-old': ['The container engine is too old to run pipelines safely.', 'Ask your administrator for Docker 19.03 or newer.'],
      'windows-containers': [
        'Docker is set to Windows containers; pipelines need Linux ones.',
        'Choose “Switch to Linux containers” in Docker Desktop’s menu.',
      ],
      refused: [
        'The engine’s address is not safe: scans would go to it unencrypted.',
        'Have it reached over SSH or TLS, or use the engine on this computer.',
      ],
      unknown: ['The container engine answers in a way Scanside does not know.', 'Restart the engine, then look again.'],
    },
    'data-root': {
      encrypted: ['The engine keeps its volumes on an encrypted disk.'],
      'in-memory': ['The engine keeps its volumes in memory.'],
      'not-known': [
        'Whether the engine’s disk is encrypted cannot be told from here. What a run leaves on the medium is removed, not erased.',
        'Have the disk encrypted: BitLocker, FileVault or LUKS.',
      ],
      'no-engine': ['There is no engine that would keep data.'],
    },
    keyring: {
      available: ['Keys and tokens are kept in this computer’s keyring.'],
      missing: [
        'No keyring answers: sign-in, records and what waits to go home end with this window.',
        'Unlock or start this account’s keyring (on Linux a Secret Service such as GNOME Keyring), then look again.',
      ],
    },
    disk: {
      enough: ['{{freeGb}} GB are free[, and {{engineFreeGb}} GB for the engine].'],
      low: ['{{freeGb}} GB are left on this desk’s disk.', 'Make room: empty the bin, or move old exports elsewhere.'],
      full: ['{{freeGb}} GB are left on this desk’s disk: nothing new is begun.', 'Make room: empty the bin, or move old exports elsewhere.'],
      'engine-low': ['{{engineFreeGb}} GB are left on the engine’s disk.', 'Make room: remove images that nobody uses.'],
      'engine-full': ['{{engineFreeGb}} GB are left on the engine’s disk: no container is started.', 'Make room: remove images that nobody uses.'],
      'not-known': ['How much room is left cannot be told.', 'Look again; if it stays, ask your administrator.'],
    },
    archive: {
      answers: ['The archive[ (XNAT {{version}})] answers after {{ms}} ms.'],
      slow: ['The archive[ (XNAT {{version}})] answers only after {{ms}} ms.', 'Look again; if it stays, tell the archive’s administrator.'],
      'signed-out': ['Nobody is signed in to an archive.'],
      expired: ['The archive answers but does not take this sign-in any more.', 'Sign in again; nothing was lost.'],
      away: ['The archive cannot be reached. Work goes on; results wait here.', 'Check the network and the VPN, then look again.'],
      untrusted: ['The archive’s certificate is not trusted here, so nothing is sent.', 'See the certificate below.'],
    },
    certificate: {
      valid: ['Issued by {{issuer}}, valid for {{days:day|days}} more.'],
      'ends-soon': ['Issued by {{issuer}}, ends in {{days:day|days}}.', 'Tell the archive’s administrator.'],
      expired: ['The archive’s certificate has expired.', 'Tell the archive’s administrator; check this computer’s clock.'],
      'not-yet-valid': ['The archive’s certificate is not valid yet.', 'Check this computer’s clock.'],
      'wrong-name': ['The certificate is for another name: this may not be the archive.', 'Check the archive’s address; tell its administrator.'],
      untrusted: [
        'Nobody this computer trusts has issued the archive’s certificate[ ({{why}})].',
        'If it is your institute’s own, have its CA certificate put into the site file.',
      ],
      'not-encrypted': ['The archive is on this computer itself and uses no certificate.'],
      'not-seen': ['The archive showed no certificate.', 'Check the network and the VPN, then look again.'],
      'no-archive': ['No archive is set, so there is no certificate to look at.'],
    },
    clock: {
      right: ['Agrees with the {{against}}’s within {{seconds}} s.'],
      off: ['This computer’s clock is {{seconds}} s {{direction}} the {{against}}’s.', 'Have this computer set its clock by the network (NTP).'],
      wrong: [
        'This computer’s clock is {{seconds}} s {{direction}} the {{against}}’s: sign-ins end too early or are refused, and dates are wrong.',
        'Have this computer set its clock by the network (NTP).',
      ],
      'not-known': ['No server has told its time, so this clock could not be compared.'],
    },
    cloud: {
      ready: ['The cloud is ready for runs.'],
      warned: ['The cloud is ready, with {{warnings:warning|warnings}}.', 'Read them in the cloud’s settings.'],
      'not-ready': ['The cloud answers, but no runs can be sent there yet.', 'Choose image and machine in the cloud’s settings.'],
      'signed-out': ['Nobody is signed in to the cloud.', 'Sign in under This desk if runs are to go there.'],
      refused: ['The cloud does not take this sign-in.', 'Sign in to the cloud again.'],
      away: ['The cloud cannot be reached.', 'Check the network and the VPN, then look again.'],
      'no-cloud': ['No cloud is set up at this desk.'],
    },
    records: {
      kept: ['Kept, encrypted, with {{runs:run|runs}}; nothing is owed.'],
      'in-memory': ['Records are in memory: they end with this window.', 'Mend the keyring (see above).'],
      'read-only': ['A newer Scanside wrote the records: they are only read.', 'Update Scanside on this computer.'],
      'moved-aside': [
        'The earlier records could not be read and were put aside; nothing was deleted. New ones are being written.',
        'Tell your administrator: the file ends in .unreadable and may be needed.',
      ],
      owed: [
        '{{owed:thing|things}} of earlier runs must still be removed.',
        'Start the engine, or sign in to the cloud they are on; they are then removed by themselves.',
      ],
    },
    outbox: {
      empty: ['Nothing waits to go home.'],
      waiting: ['{{waiting:item waits|items wait}} to go home.', 'Sign in to the archive; they go by themselves.'],
      blocked: ['{{blocked:item needs|items need}} a decision.', 'Open “Waiting to go home” and choose.'],
      locked: [
        '{{locked:item|items}} cannot be opened: the key is not in the keyring.',
        'Run those scans again, or ask your administrator for the site’s recovery key.',
      ],
    },
    receipts: {
      whole: ['All {{lines:line|lines}} of receipts and audit follow from one another.'],
      broken: [
        'The chain of receipts does not hold from line {{line}} on: somebody or something changed it.',
        'Export it as it is and show it to whoever answers for data protection.',
      ],
      'none-yet': ['No receipt has been written yet.'],
    },
  },
  words: {
    kind: { docker: 'Docker', podman: 'Podman', engine: 'The engine' },
    issuer: { system: 'an authority this computer trusts', site: 'the site file’s authority' },
    against: { archive: 'archive', cloud: 'cloud' },
    direction: { ahead: 'ahead of', behind: 'behind' },
  },
}
