/** What pyxnat's own tests expect to find: its user and its projects. */
import { addUser, type Gate } from './auth.ts'
import { addProject, type Lab } from './model.ts'

export function seedPyxnat(lab: Lab, gate: Gate): void {
  const user = addUser(gate, 'nosetests', 'nose', { last: 'Nosetests' }).login
  addProject(lab, 'nosetests5', user, { name: 'nosetests5', description: 'nosetests', aliases: ['nosetests52'] })
  addProject(lab, 'metabase_nosetests', user, { name: 'metabase_nosetests', description: 'DEMO' })
  for (let i = 1; i <= 6; i++) addProject(lab, `conformance${i}`, user, { name: `conformance${i}`, description: 'DEMO' })
}
