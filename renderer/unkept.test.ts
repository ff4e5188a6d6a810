import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** Fields as they are written, each up to the end of its tag. */
const fields = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.tsx'))
  .flatMap((name) => {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8')
    return [...text.matchAll(/<(input|select|textarea)\b/g)].map((field) => {
      const end = text.slice(field.index).search(/\/>|<\/select>/)
      return { name, kind: field[1], tag: text.slice(field.index, field.index + end) }
    })
  })

it('no field’s content is kept by the browser for its next start', () => {
  expect(fields.length).toBeGreaterThan(10)
  const kept = fields.filter(({ kind, tag }) => !tag.includes(kind === 'input' ? 'autoComplete=' : 'form="unkept"'))
  expect(kept).toEqual([])
  expect(readFileSync(join(import.meta.dirname, 'index.html'), 'utf8')).toContain('<form id="unkept" autocomplete="off" hidden></form>')
})
