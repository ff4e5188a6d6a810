/** What was chosen for a cloud's machines: kept per cloud, checked against what it offers now. */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import { type CloudChoices, type CloudStatus, cloudChoicesSchema } from '../../preload/cloud.ts'
import type { Cloud } from '../openstack/openstack.ts'
import type { Lab } from '../store/lab.ts'
import { choiceProblem, choicesOf, type Offers, onlyFitting, usualChoices, type WrittenChoices } from './offers.ts'

const settingName = 'cloud-choices'
const keptSchema = z.object({ cloud: z.string(), choices: cloudChoicesSchema })

export interface Chosen {
  choices: CloudChoices
  /** Why the cloud cannot serve them: a sentence, or null. */
  problem: string | null
}

/** @param written what the site file fixes; null where a person chooses */
export function createChoices(settings: Lab['settings'], written: WrittenChoices | null) {
  const kept = (cloud: Cloud): CloudChoices | null => {
    try {
      const found = keptSchema.parse(JSON.parse(settings.get(settingName) ?? 'null'))
      return found.cloud === cloud.id ? found.choices : null
    } catch {
      return null
    }
  }
  return {
    /** What counts now. Ids of another cloud mean nothing in this one: each begins with the usual. */
    now(cloud: Cloud | null, offers: Offers | null, has: CloudStatus['has']): Chosen {
      if (cloud === null || offers === null) {
        const before = cloud && kept(cloud)
        return { choices: before ?? usualChoices, problem: null }
      }
      try {
        const engine = has.machines || !has.containers ? 'nova' : 'zun'
        const base = written ? choicesOf(written, offers) : (kept(cloud) ?? { ...usualChoices, engine })
        const choices = { ...base, image: base.image ?? onlyFitting(offers) }
        return { choices, problem: choiceProblem(choices, offers, has) }
      } catch (error) {
        if (!(error instanceof ScansideError)) throw error
        return { choices: usualChoices, problem: error.message }
      }
    },
    /** @throws ScansideError `invalid-argument` where the cloud does not offer them */
    set(wanted: CloudChoices, cloud: Cloud, offers: Offers, has: CloudStatus['has']): void {
      const problem = choiceProblem(wanted, offers, has)
      if (problem !== null) throw new ScansideError('invalid-argument', problem)
      settings.set(settingName, JSON.stringify({ cloud: cloud.id, choices: wanted }))
    },
  }
}
