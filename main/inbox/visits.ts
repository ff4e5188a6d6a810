/**
 * From single scans to visits: grouped by patient, visit and eye against the profile's checklist; attempts stacked best first, one of them the
 * study's scan; what is lacking, or that the patient may go. Pure.
 */
import type { Profile, Protocol, Words } from '../../oct/quality/profile.ts'
import type { Criterion, Verdict } from '../../oct/results.ts'
import type { InboxVisit } from '../../preload/inbox.ts'

export type Eye = 'OD' | 'OS' | 'unknown'
export type Slot = InboxVisit['slots'][number]

/** What of a scan decides where it stands. Times are the device's local ones, `arrivedAt` is UTC. */
export interface Attempt {
  id: string
  patient: string
  visit: string
  /** Of the demo device, whose invented patients may be called as somebody's real one. */
  demo: boolean
  day: string
  takenAt: string
  arrivedAt: string
  laterality: Eye
  protocol: string | null
  state: 'arriving' | 'judging' | 'judged' | 'refused'
  verdict: Verdict | null
  decidedBy: readonly string[]
  criteria: readonly Criterion[]
  read: boolean
  decision: 'keep' | 'take-again' | 'ask-reader' | 'keep-best' | null
}

/** After so many attempts without a good one, the best may be kept. */
export const triesBeforeBest = 3
/** For scans no protocol asks for, and files that are none. */
export const otherSlot = 'other'

const rank: Record<Verdict, number> = { usable: 3, ambiguous: 2, unknown: 1, unusable: 0 }

/** Scans of one visit have one key: patient with the visit's id, else with the local date. */
export const visitKey = ({ patient, visit, day, demo }: Pick<Attempt, 'patient' | 'visit' | 'day' | 'demo'>): string =>
  JSON.stringify([...(patient === '' ? ['', '', day] : [patient, visit, visit === '' ? day : '']), ...(demo ? ['demo'] : [])])

export const slotOf = ({ protocol, laterality }: Pick<Attempt, 'protocol' | 'laterality'>): string => `${protocol ?? otherSlot}/${laterality}`

const when = ({ day, takenAt, arrivedAt }: Attempt): string => `${day} ${takenAt === '' ? '~' : takenAt} ${arrivedAt}`

/** In the order of acquisition. */
export const inOrder = <T extends Attempt>(attempts: readonly T[]): T[] =>
  [...attempts].sort((a, b) => (when(a) < when(b) ? -1 : when(a) > when(b) ? 1 : a.id < b.id ? -1 : 1))

/** How much better `a` is than `b` in a criterion that decided over one of them; the threshold says which side is the good one. */
const byCriterion = (a: Attempt, b: Attempt): number => {
  for (const id of [...b.decidedBy, ...a.decidedBy]) {
    const [mine, other] = [a, b].map(({ criteria }) => criteria.find((each) => each.id === id))
    if (!mine || !other || mine.value === null || other.value === null || mine.value === other.value) continue
    const higher = /^(>|≥)/.test(mine.threshold.trim())
    const lower = /^(<|≤)/.test(mine.threshold.trim())
    if (higher || lower) return mine.value > other.value === higher ? 1 : -1
  }
  return 0
}
const faults = ({ criteria }: Attempt): number =>
  criteria.reduce((sum, { status, experimental }) => sum + (experimental ? 0 : status === 'fail' ? 100 : status === 'warn' ? 1 : 0), 0)

/** Verdict, then fewer fails, then the value of what decided, then the newer one. Those without a verdict come last. */
export const bestFirst = (attempts: readonly Attempt[]): Attempt[] => {
  const worth = ({ state, verdict }: Attempt) => (state === 'judged' ? rank[verdict ?? 'unknown'] : -1)
  return inOrder(attempts)
    .reverse()
    .sort((a, b) => worth(b) - worth(a) || byCriterion(b, a) || faults(a) - faults(b))
}

const kept = ({ decision }: Attempt): boolean => decision === 'keep' || decision === 'keep-best'
/** What somebody sent back, or wants a reader to look at first, is not good by the machine's word alone. */
const isGood = (attempt: Attempt): boolean => kept(attempt) || (attempt.decision === null && attempt.verdict === 'usable')

/** The study's scan: the one a person chose, else one a person kept, else the best that nobody sent back. Null where none is judged. */
export const studyOf = (attempts: readonly Attempt[], chosen: string | null): Attempt | null => {
  const judged = bestFirst(attempts).filter(({ state }) => state === 'judged')
  return judged.find(({ id }) => id === chosen) ?? judged.find(kept) ?? judged.find(({ decision }) => decision !== 'take-again') ?? judged[0] ?? null
}

const stateOf = (attempts: readonly Attempt[], study: Attempt | null): Slot['state'] => {
  if (attempts.length === 0) return 'missing'
  const newest = inOrder(attempts).at(-1)
  if (study?.read && isGood(study)) return 'good'
  if (newest?.state === 'judging' || newest?.state === 'arriving') return 'judging'
  if (attempts.some(({ state, read }) => (state === 'judged' || state === 'refused') && !read)) return 'unread'
  if (!study) return 'again'
  if (study.decision === 'take-again') return 'again'
  return study.verdict === 'ambiguous' || study.decision === 'ask-reader' ? 'look' : 'again'
}

const otherLabel: Words = { en: 'Other scan', de: 'Andere Aufnahme' }

const slotFor = (protocol: Pick<Protocol, 'id' | 'label'>, eye: Eye, attempts: readonly Attempt[], chosen: string | null): Slot => {
  const study = studyOf(attempts, chosen)
  const judged = attempts.filter(({ state }) => state === 'judged' || state === 'refused')
  return {
    protocol: protocol.id,
    label: protocol.label,
    eye,
    state: stateOf(attempts, study),
    attempts: bestFirst(attempts)
      .slice(0, 200)
      .map(({ id }) => id),
    study: study?.id ?? null,
    offerKeepBest: study !== null && judged.length >= triesBeforeBest && !attempts.some(isGood),
  }
}

const eyes: readonly Eye[] = ['OD', 'OS', 'unknown']

/**
 * One visit's checklist.
 * @param chosen the attempt a person made the study's, by the key of its slot
 * @param today local date: of an earlier visit nobody is there any more to stay or to go
 */
export const visitOf = (
  attempts: readonly Attempt[],
  profile: Pick<Profile, 'protocols'>,
  chosen: (slot: string) => string | null,
  today: string,
): Omit<InboxVisit, 'last'> => {
  const ordered = inOrder(attempts)
  const [first] = ordered
  if (!first) throw new RangeError('a visit has a scan')
  const key = visitKey(first)
  const named = first.patient !== ''
  const bySlot = new Map<string, Attempt[]>()
  for (const attempt of ordered) {
    const known = profile.protocols.some(({ id }) => id === attempt.protocol) ? attempt : { ...attempt, protocol: null }
    bySlot.set(slotOf(known), [...(bySlot.get(slotOf(known)) ?? []), attempt])
  }
  const slots: Slot[] = []
  let wanted = 0
  let good = 0
  const days: string[] = []
  for (const eye of eyes) {
    for (const protocol of [...profile.protocols, { id: otherSlot, label: otherLabel, eyes: [] as readonly Eye[] }]) {
      const asked = named && (protocol.eyes as readonly Eye[]).includes(eye)
      const mine = bySlot.get(`${protocol.id}/${eye}`) ?? []
      if (!asked && mine.length === 0) continue
      const slot = slotFor(protocol, eye, mine, chosen(`${key} ${protocol.id}/${eye}`))
      slots.push(slot)
      if (!asked) continue
      wanted++
      if (slot.state !== 'good') continue
      good++
      days.push(mine.find(({ id }) => id === slot.study)?.day ?? '')
    }
  }
  const newest = (ordered.at(-1) ?? first).day
  const oldest = days.sort()[0] ?? newest
  const complete = wanted > 0 && good === wanted
  return {
    id: key,
    patient: first.patient,
    visit: named ? first.visit : '',
    date: first.day,
    since: first.takenAt,
    slots: slots.slice(0, 100),
    good,
    wanted,
    complete,
    sentence: sentenceFor(slots, profile, { named, wanted, complete, over: newest < today, before: oldest < newest ? oldest : null }),
  }
}

const lackWords: Record<Exclude<Slot['state'], 'good'>, Words> = {
  again: { en: 'take again', de: 'wiederholen' },
  missing: { en: 'not taken yet', de: 'noch nicht aufgenommen' },
  look: { en: 'look at', de: 'ansehen' },
  unread: { en: 'to be read', de: 'noch zu lesen' },
  judging: { en: 'being judged', de: 'wird geprüft' },
}

const sentenceFor = (
  slots: readonly Slot[],
  { protocols }: Pick<Profile, 'protocols'>,
  { named, wanted, complete, over, before }: { named: boolean; wanted: number; complete: boolean; over: boolean; before: string | null },
): Words => {
  if (!named)
    return {
      en: 'These files name no patient, so they belong to no checklist.',
      de: 'Diese Dateien nennen keine Person, darum gehören sie zu keiner Liste.',
    }
  if (complete && over) return { en: 'Complete.', de: 'Vollständig.' }
  // Some devices give every visit of a person the same id: a scan of months ago lets nobody go.
  if (complete && before !== null)
    return {
      en: `Complete with scans of ${before}. If they are of another visit, the patient stays.`,
      de: `Vollständig mit Aufnahmen vom ${before}. Gehören sie zu einem anderen Besuch, bleibt die Person.`,
    }
  if (complete) return { en: 'Complete, the patient may go.', de: 'Vollständig, die Person kann gehen.' }
  if (wanted === 0) return { en: 'The profile asks for no scan.', de: 'Das Profil verlangt keine Aufnahme.' }
  const lacking = (language: 'en' | 'de') =>
    (Object.keys(lackWords) as (keyof typeof lackWords)[])
      .flatMap((state) => {
        const those = slots.filter((slot) => slot.state === state && protocols.some(({ id }) => id === slot.protocol) && slot.eye !== 'unknown')
        const names = those.map((slot) => `${slot.label[language]} ${slot.eye}`).join(', ')
        return those.length === 0 ? [] : [`${lackWords[state][language]}: ${names}`]
      })
      .join('; ')
      .slice(0, 900)
  if (over) return { en: `An earlier visit. ${capital(lacking('en'))}.`, de: `Ein früherer Besuch. ${capital(lacking('de'))}.` }
  return { en: `The patient stays. ${capital(lacking('en'))}.`, de: `Die Person bleibt. ${capital(lacking('de'))}.` }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Judged and not read, the oldest first; without the one that is being read. */
export const queueOf = (attempts: readonly Attempt[], reading: string | null): string[] =>
  [...attempts]
    .filter(({ id, state, read }) => (state === 'judged' || state === 'refused') && !read && id !== reading)
    .sort((a, b) => (a.arrivedAt < b.arrivedAt ? -1 : a.arrivedAt > b.arrivedAt ? 1 : 0))
    .map(({ id }) => id)
