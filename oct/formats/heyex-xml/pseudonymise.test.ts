import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { xmlFixtures } from '../../../test/fuzz/fixtures-xml.ts'
import type { NamedSource, Scan } from '../../scan.ts'
import { bytesSource } from '../bytes.ts'
import { readHeyexXml } from './index.ts'
import { pseudonymiseHeyexXml } from './pseudonymise.ts'

const named = (files: readonly { name: string; bytes: Uint8Array }[]): NamedSource[] =>
  files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes) }))

/** The set as an engine is given it: pictures under other names, the XML written anew. */
async function given(files: readonly { name: string; bytes: Uint8Array }[]) {
  const isXml = (name: string) => name.endsWith('.xml')
  const names = new Map(files.map(({ name }, index) => [name.toLowerCase(), `scan-${index}.${name.split('.').at(-1)}`]))
  const nameOf = (url: string) => names.get((url.split(/[\\/]/).at(-1) ?? '').toLowerCase())
  return Promise.all(
    files.map(async ({ name, bytes }) => ({
      name: nameOf(name) ?? '',
      bytes: isXml(name) ? await pseudonymiseHeyexXml(bytesSource(bytes), nameOf) : bytes,
    })),
  )
}
const withoutTime = ({ acquiredAt: _, ...scan }: Scan): Omit<Scan, 'acquiredAt'> => scan

describe('an XML export without identity', () => {
  it('is the same scan, but for its time', async () => {
    for (const { name, files } of await xmlFixtures()) {
      const before = await readHeyexXml(named(files), 0)
      const after = await readHeyexXml(named(await given(files)), 0)
      expect(withoutTime(after), name).toEqual(withoutTime(before))
      expect(after.acquiredAt, name).toBeUndefined()
    }
  })

  const marker = 'Mustermann'
  const places: [what: string, xml: string][] = [
    ['patient', `<LastName>${marker}</LastName><Study>`],
    ['birth', `<Birthdate><Date><Year>1970 ${marker}</Year></Date></Birthdate><Study>`],
    ['study', `<Study><StudyUID>${marker}</StudyUID><Operator>${marker}</Operator>`],
    ['what looks like a record elsewhere', `<Notes><Study><Series><Type>${marker}</Type></Series></Study></Notes><Study>`],
    ['attribute', `<Study name="${marker}"><!-- ${marker} --><?x ${marker}?>`],
  ]
  it.each(places)('has nothing of %s', async (_, inserted) => {
    const [fixture] = await xmlFixtures()
    const [xml] = fixture?.files ?? []
    const text = Buffer.from(xml?.bytes ?? [])
      .toString('utf8')
      .replace('<Study>', inserted)
    expect(text).toContain(marker)
    const copy = await pseudonymiseHeyexXml(bytesSource(new TextEncoder().encode(text)), (url) => `x-${url.length}.tif`)
    expect(Buffer.from(copy).toString()).not.toMatch(/Mustermann|1970/)
  })

  it('has nothing that stands in the place of a number, a kind or a picture’s name', async () => {
    const [fixture] = await xmlFixtures()
    const [xml] = fixture?.files ?? []
    const text = Buffer.from(xml?.bytes ?? []).toString('utf8')
    const broken = text
      .replace(/<ImageQuality>[^<]*/g, '<ImageQuality>Doe\u2063 Jane, born 1970 in a very long text that no device ever writes into this field of it')
      .replace(/<ExamURL>[^<]*/g, '<ExamURL>C:\\Doe_Jane\\a.tif')
    const copy = Buffer.from(await pseudonymiseHeyexXml(bytesSource(new TextEncoder().encode(broken)), () => undefined)).toString()
    expect(copy).not.toMatch(/Doe|Jane|1970/)
    expect(copy).toContain('<ExamURL></ExamURL>')
  })

  it.each(['ImageQuality', 'Focus', 'NumAve', 'Resolution', 'EDI', 'Laterality', 'Diameter1', 'AvgThickness'])(
    'has no name, however plain, in the place of %s',
    async (element) => {
      for (const { files } of await xmlFixtures()) {
        const text = Buffer.from(files.find(({ name }) => name.endsWith('.xml'))?.bytes ?? []).toString('latin1')
        const broken = text.replace(new RegExp(`<${element}>[^<]*`, 'g'), `<${element}>Doe Jane`)
        const copy = Buffer.from(await pseudonymiseHeyexXml(bytesSource(Buffer.from(broken, 'latin1')), () => undefined)).toString()
        expect(copy).not.toMatch(/Doe|Jane/)
      }
    },
  )

  it('has an eye in doubt where the export leaves it in doubt', async () => {
    const [fixture] = await xmlFixtures()
    const files = (fixture?.files ?? []).map(({ name, bytes }) => {
      if (!name.endsWith('.xml')) return { name, bytes }
      const text = Buffer.from(bytes).toString('latin1')
      const last = text.lastIndexOf('<Laterality>')
      return {
        name,
        bytes: new Uint8Array(Buffer.from(text.slice(0, last) + text.slice(last).replace(/<Laterality>\w*/, '<Laterality>M\u00fcller'), 'latin1')),
      }
    })
    expect((await readHeyexXml(named(files), 0)).laterality).toBe('unknown')
    expect((await readHeyexXml(named(await given(files)), 0)).laterality).toBe('unknown')
  })

  it('is refused where it is no whole export', async () => {
    for (const text of ['<HEDX><BODY>', '<other/>', '<!DOCTYPE x><HEDX/>']) {
      await expect(pseudonymiseHeyexXml(bytesSource(new TextEncoder().encode(text)), () => undefined)).rejects.toThrow()
    }
  })

  const folder = join(process.env.SCANSIDE_TEST_DATA ?? '', 'heyex-xml')
  if (process.env.SCANSIDE_TEST_DATA && existsSync(folder))
    it('of a real scan is the same scan', async () => {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(xml|tif|png|jpg|bmp)$/i.test(entry.name))
        .map((entry) => ({ name: entry.name, bytes: new Uint8Array(readFileSync(join(entry.parentPath, entry.name))) }))
      const xml = files.findIndex(({ name }) => name.endsWith('.xml'))
      const before = await readHeyexXml(named(files), xml)
      expect(withoutTime(await readHeyexXml(named(await given(files)), xml))).toEqual(withoutTime(before))
    })
})
