/** Images of an engine: what is let in, what is taken back, and what is handed out. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { archiveDigest } from '../../main/cloud/archive-digest.ts'
import { busyboxStream } from './busybox-image.ts'
import { createTrial, never, refusal } from './trial.ts'

/** Runs the suite against one endpoint. */
export function imagesContract(address: string): void {
  const { engine, raw, image: loaded, around } = createTrial(address)

  describe(`images at ${address}`, () => {
    around()

    it('refuses a file that is no image, a cut one, and one without commands', async () => {
      const load = (archive: Readable) => engine.images.load(archive, never, () => {})
      await expect(load(Readable.from([Buffer.from('#!/bin/sh\necho hello\n')]))).rejects.toEqual(refusal('image-refused'))
      const whole = await (await busyboxStream({ labels: { 'org.nrg.commands': '[]' } })).toArray()
      await expect(load(Readable.from([Buffer.concat(whole as Buffer[]).subarray(0, 600_000)]))).rejects.toEqual(refusal('image-refused'))
      await expect(load(await busyboxStream({ name: 'scanside-test/plain:1', labels: { other: 'label' } }))).rejects.toEqual(refusal('image-refused'))
      expect((await engine.images.list()).some(({ names }) => names.some((name) => name.includes('scanside-test/plain')))).toBe(false)
    })

    it('takes a name back that a refused image brought, and leaves the image that was there under another', async () => {
      const [kept, brought] = ['scanside-test/kept:1', 'scanside-test/brought:1']
      const archive = (name: string) => busyboxStream({ name, labels: { other: 'label' } })
      await buffer(await raw.loadImage(await archive(kept)))
      try {
        await expect(engine.images.load(await archive(brought), never, () => {})).rejects.toEqual(refusal('image-refused'))
        await expect(raw.getImage(brought).inspect()).rejects.toMatchObject({ statusCode: 404 })
        expect((await raw.getImage(kept).inspect()).RepoTags).toHaveLength(1)
      } finally {
        await raw.getImage(kept).remove()
      }
    })

    it('lists images with commands, with the same digest everywhere', async () => {
      const image = loaded()
      const found = (await engine.images.list()).find(({ id }) => id === image.id)
      expect(found?.digest).toMatch(/^[0-9a-f]{64}$/)
      expect(found?.names.some((name) => name.endsWith('scanside-test/busybox:1'))).toBe(true)
      expect(found?.architecture).toBeTruthy()
    })

    it('hands an image out as the same image, by name and by id', async () => {
      const image = loaded()
      for (const one of [image.names[0] ?? image.id, image.id]) {
        const { archive, size } = await engine.images.save(one, never)
        expect(size).toBeGreaterThan(0)
        expect(await archiveDigest(archive.pipe(createGzip({ level: 1 })))).toBe(image.digest)
      }
      await expect(engine.images.save('scanside-test/nowhere:1', never)).rejects.toEqual(refusal('not-found'))
      await expect(engine.images.save(image.id, AbortSignal.abort())).rejects.toEqual(refusal('cancelled'))
    })
  })
}
