import { describe, expect, it } from 'vitest'
import { emptyEntry, missingField } from './entry.ts'

const full = { ...emptyEntry, address: 'https://xnat.example.org', user: 'jk', password: ' ', alias: 'a', secret: 's' }

describe('missingField', () => {
  it.each([
    [{ ...full, address: ' ' }, false, 'address'],
    [{ ...full, user: '' }, false, 'user'],
    [{ ...full, password: '' }, false, 'password'],
    [full, false, null],
    [{ ...full, user: '', password: '' }, true, null],
    [{ ...full, secret: '\t' }, true, 'secret'],
  ])('%#', (entry, token, expected) => {
    expect(missingField(entry, token)).toBe(expected)
  })
})
