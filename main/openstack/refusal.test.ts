import { describe, expect, it } from 'vitest'
import { clockWarning, cloudsWords, faultSentence } from './refusal.ts'

describe('cloudsWords', () => {
  it.each([
    ['{"itemNotFound":{"code":404,"message":"Instance x could not be found."}}', 'Instance x could not be found.'],
    ['{"NeutronError":{"type":"A","message":"No more IP addresses","detail":""}}', 'No more IP addresses'],
    ['{"errors":[{"status":400,"title":"Bad","detail":"Invalid cpu"}]}', 'Invalid cpu'],
    ['<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1> no rights<br/></body></html>', '403 Forbidden no rights'],
    ['plain words', 'plain words'],
    ['two\r\nlines\u0000\u001b[31m', 'two lines [31m'],
    ['{"a":{"message":"see https://internal.example.org/x?token=1 now"}}', 'see now'],
    ['{"a":{"message":"Invalid input for user_data. Value: c2VjcmV0"}}', 'Invalid input for user_data.'],
    ['{"a": broken', ''],
    ['{}', ''],
    ['[[[[[[{"message":"deep"}]]]]]]', ''],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(cloudsWords(text)).toBe(expected)
  })

  it('ends after 200 characters', () => {
    expect(cloudsWords('x'.repeat(100_000))).toHaveLength(200)
  })
})

describe('faultSentence', () => {
  it.each([
    [{ code: 413, message: 'Quota exceeded for instances: Requested 1, but already used 1 of 1 instances' }, /quota is used up/],
    [{ code: 500, message: 'No valid host was found. There are not enough hosts available.' }, /no room for a machine of this size/],
    [{ code: 500, message: 'No valid host was found. ' }, /“No valid host was found\.”/],
    [{ code: 400, message: 'Image 7 is unacceptable: Image is not raw format' }, /from this image/],
    [{ code: 404, message: 'Image 7 could not be found.' }, /from this image/],
    [{ code: 500, message: 'Failed to allocate the network(s), not rescheduling.' }, /its network/],
    [{ code: 500, message: 'Build of instance x aborted: Failure' }, /could not start the machine\..*aborted/],
    [{ code: 500, message: '' }, /could not start the machine/],
    [null, /could not start the machine/],
  ])('%j', (fault, expected) => {
    expect(faultSentence(fault)).toMatch(expected)
  })
})

describe('clockWarning', () => {
  it.each([
    [0, null],
    [-119_999, null],
    [180_000, '3 minutes behind'],
    [-3 * 3_600_000, '3 hours ahead of'],
    [3 * 86_400_000, '3 days behind'],
  ])('%i ms', (skew, expected) => {
    const said = clockWarning(skew)
    if (expected === null) expect(said).toBeNull()
    else expect(said).toContain(expected)
  })
})
