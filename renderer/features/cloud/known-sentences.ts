/** Sentences of the engine room about the cloud that can be said in the person's language. Pure. */
import type en from './en.ts'

export type SaidKey = keyof (typeof en)['said']

/** The shape of each, with what stands in it. */
const shapes: readonly [SaidKey, RegExp][] = [
  ['ended', /^This application credential has ended\./],
  ['endsToday', /^This application credential ends today\./],
  ['endsTomorrow', /^This application credential ends tomorrow\./],
  ['endsIn', /^This application credential ends in (?<days>\d+) days\./],
  ['quotaFull', /^Others use all machines of this project’s quota;/],
  ['noLinks', /^This cloud makes no links to objects \(Swift\),/],
  ['moreRoles', /^This account may do more in the cloud than Scanside needs \((?<roles>[^)]*)\)\./],
  ['noReader', /^This credential came without the role “reader”;/],
  ['password', /^You are signed in with a password\./],
  ['zun', /^In a container of Zun the analysis has the network,/],
  ['xnatRights', /^A token of the archive \(XNAT\) carries all rights of its user\./],
  ['dropped', /^Dropped scans are run on this computer[;.]/],
  ['onlyHere', /^This pipeline runs on this computer alone\.$/],
  ['notHere', /^This pipeline is not on this computer\.$/],
  ['noEngine', /^No container engine answers on this computer\.$/],
  ['soonerHere', /^It is done here \(about (?<here>[^)]+)\) before a machine has started \(about (?<start>[^)]+)\)\.$/],
  ['queueLonger', /^The queue here takes about (?<here>.+), a machine starts in about (?<start>.+)\.$/],
  ['queueShorter', /^The queue here is shorter than a machine’s start \(about (?<start>[^)]+)\)\.$/],
  ['soonerAll', /^It is done here \(about (?<here>[^)]+)\) before it would be in the cloud \(about (?<start>[^)]+)\)\.$/],
  ['noRoom', /^The cloud has no room for a machine now\.$/],
  ['demoHere', /^The demo lab lies on this computer,/],
  ['guess', /^A guess: this pipeline has not run there from this desk yet\.$/],
  ['waitsStart', /^Waits for the cloud and its archive\./],
  ['waitsHere', /^Scanside had ended while this run was under way; it goes on in a moment\./],
  ['waitsEngine', /^Waits for the container engine, which does not answer\./],
  ['waitsEngineOther', /^Waits for the container engine it was begun on; another one is in use now\./],
  ['waitsRemoved', /^Waits until what an earlier attempt of it had made is removed\./],
  ['waitsRoom', /^Waits for room in the cloud/],
  ['waitsCloud', /^Waits until the cloud is ready and somebody is signed in to it\./],
  ['waitsOther', /^Waits for the cloud it was begun in; another one is signed in\./],
  ['waitsSignIn', /^Waits until somebody signs in to the archive of its scans\./],
  ['waitsArchive', /^Waits for the archive: it does not answer, or the sign-in has expired\./],
  ['nobody', /^Nobody is signed in to (?<name>.+)\. Sign in to run there\.$/],
]

export interface Said {
  key: SaidKey
  /** What stands in it; empty where the sentence has no such place. */
  blanks: { days: string; roles: string; name: string; here: string; start: string }
}

/** What a sentence says; null where it is one of its own. */
export function readSaid(sentence: string): Said | null {
  for (const [key, shape] of shapes) {
    const found = shape.exec(sentence)
    if (found) return { key, blanks: { days: '', roles: '', name: '', here: '', start: '', ...found.groups } }
  }
  return null
}
