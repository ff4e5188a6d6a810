/** `npm run pin`: asks for a PIN and prints the text that stands for it in the site file. The PIN is read from the terminal, never from the command line. */
import { createInterface } from 'node:readline/promises'
import { hashPin } from '../main/people/pin.ts'

const lines = createInterface({ input: process.stdin, output: process.stderr })
const pin = (await lines.question('PIN (4 to 20 digits or letters): ')).trim()
lines.close()
if (/^[\p{L}\p{N}]{4,20}$/u.test(pin)) console.log(await hashPin(pin))
else {
  console.error('A PIN has 4 to 20 digits or letters.')
  process.exitCode = 1
}
