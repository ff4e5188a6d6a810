/** Damage to a text of tags and numbers. */
import type { Dice } from './mutate.ts'

const numbers = [
  '0',
  '-1',
  '',
  '1e999',
  '-1e999',
  'NaN',
  '3e+038',
  '2147483647',
  '2147483648',
  '4294967295',
  '99999999999999999999',
  '0.0000001',
  '1,5',
  'x',
] as const

type TextDamage = (text: string, dice: Dice) => string

/** One of all matches, replaced. */
const oneOf =
  (pattern: RegExp, by: (found: string, dice: Dice) => string): TextDamage =>
  (text, dice) => {
    const all = [...text.matchAll(pattern)]
    if (all.length === 0) return text
    const match = dice.one(all)
    return text.slice(0, match.index) + by(match[0], dice) + text.slice(match.index + match[0].length)
  }

const damages: readonly TextDamage[] = [
  oneOf(/-?\d+(?:\.\d+)?/g, (_, dice) => dice.one(numbers)),
  oneOf(/-?\d+(?:\.\d+)?/g, (_, dice) => dice.one(numbers)),
  oneOf(/-?\d+(?:\.\d+)?/g, (_, dice) => String(dice.pick(4000) - 100)),
  // a tag dropped, doubled, renamed or emptied
  oneOf(/<\/?[\w.]+[^<>]*>/g, () => ''),
  oneOf(/<\/?[\w.]+[^<>]*>/g, (tag) => tag + tag),
  oneOf(/<\/?[\w.]+/g, (tag) => `${tag}X`),
  oneOf(/>[^<>]{1,200}</g, () => '><'),
  // a whole element dropped or doubled
  oneOf(/<(\w+)>[^<>]*<\/\1>/g, () => ''),
  oneOf(/<(\w+)>[^<>]*<\/\1>/g, (element) => element.repeat(3)),
  // a text that has another's place
  oneOf(
    />[^<>]{1,200}</g,
    (_, dice) => `>${dice.one(['R', 'L', 'OCT', 'LOCALIZER', '..\\..\\x.tif', '&amp;', '&x;', '\u0000', 'a'.repeat(5000), ' 1 2 3 '])}<`,
  ),
  // what does not belong into such a file
  oneOf(/</g, (tag, dice) => dice.one(['<!DOCTYPE a [<!ENTITY b "cccc">]>', '<!--', '<![CDATA[', '<?x', '</', '<<', '&#0;', '\ufffe']) + tag),
  // deep
  oneOf(/<\w+>/g, (tag, dice) => tag.repeat(1 + dice.pick(500))),
]

/** One damage to a UTF-8 text (bytes that are none are lost). */
export function damageText(bytes: Uint8Array, dice: Dice): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(bytes)
  return new Uint8Array(new TextEncoder().encode(dice.one(damages)(text, dice)))
}
