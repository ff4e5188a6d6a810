import { expect, it } from 'vitest'
import { countOwed, type LeftThing, orderLeft } from './left.ts'

const thing = (kind: LeftThing['kind'], run: string, use: LeftThing['use']): LeftThing => ({ kind, name: `${kind}-${run}`, run, since: null, use })

it('puts what nobody uses first, then each run with its machine before what hangs on it', () => {
  const things = [
    thing('server', 'b', 'working'),
    thing('token', 'a', 'owed'),
    thing('object-container', 'b', 'working'),
    thing('server', 'a', 'owed'),
  ]
  expect(orderLeft(things).map(({ name }) => name)).toEqual(['server-a', 'token-a', 'server-b', 'object-container-b'])
  expect(countOwed(things)).toBe(2)
})
