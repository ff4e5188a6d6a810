/** Sentences about who sits here, in English. */
const en = {
  nobody: 'Pick your name',
  person: '{{name}} sits here. Hand over or lock',
  title: 'Who sits here?',
  handOver: 'Hand over to',
  body: 'Decisions and gradings carry this name. Runs go on.',
  pick: 'Names of this desk',
  pin: 'PIN of {{name}}',
  enter: 'Enter',
  add: 'Add a name',
  name: 'Name or initials',
  addNow: 'Add',
  leave: 'Nobody',
  lock: 'Lock',
  here: 'sits here',
  locked: 'This desk is locked',
  lockedBody: 'Scans go on being judged, runs go on. Pick your name to see them.',
}
export default en
