import { useApp } from '../../stores.ts'
import { Adjudication } from './adjudication.tsx'
import { Agreement } from './agreement.tsx'
import { Batches } from './batches.tsx'
import styles from './grading.module.css'
import { useGrading } from './grading-store.ts'
import { PersonNeeded } from './person-needed.tsx'
import { Reading } from './reading.tsx'

/** The grading section of the cohort. Another person at the desk begins where they themselves left. */
export function Grading() {
  const person = useApp().people.person
  const { view, batches } = useGrading()
  if (!person)
    return (
      <div className={styles.problem}>
        <PersonNeeded />
      </div>
    )
  if (view.at === 'batches') return <Batches key={person.id} />
  const name = batches?.find(({ id }) => id === view.batch)?.name ?? ''
  const Part = { reading: Reading, agreement: Agreement, adjudication: Adjudication }[view.at]
  return <Part key={`${person.id}\n${view.batch}`} batch={view.batch} name={name} />
}
