/** The containers machines start on the suite's engine, as the engine itself tells of them. */
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { guestImages } from './image.ts'

export type SeenContainer = Docker.ContainerInspectInfo

export interface Watch {
  /** Every container that was made and is no guest, with its settings at that moment. */
  seen: SeenContainer[]
  stop(): void
}

/** Nothing made before this resolves is seen. */
export async function watchContainers(docker: Docker): Promise<Watch> {
  const seen: SeenContainer[] = []
  const events = (await docker.getEvents({ filters: JSON.stringify({ type: ['container'], event: ['create'] }) })) as Readable
  let rest = ''
  events.on('data', (data: Buffer) => {
    const lines = (rest + data.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const { id, Actor } = JSON.parse(line) as { id: string; Actor: { Attributes: Record<string, string> } }
      if (Actor.Attributes.image?.startsWith(guestImages)) continue
      docker
        .getContainer(id)
        .inspect()
        .then(
          (info) => seen.push(info),
          // Made and removed between two looks: it is not seen, and the test says so.
          () => {},
        )
    }
  })
  events.on('error', () => {})
  return { seen, stop: () => events.destroy() }
}
