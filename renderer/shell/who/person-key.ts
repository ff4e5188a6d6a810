/** Which key means which person: 1 to 9 in the order of the list. Pure. */

/** The person a digit stands for; null for any other key, and where nobody has that number. */
export function personForKey<P>(key: string, people: readonly P[]): P | null {
  return /^[1-9]$/.test(key) ? (people[Number(key) - 1] ?? null) : null
}

/** Whether a key asks for the list of names: F2 anywhere, P where no text is typed. */
export function asksWho(key: string, typing: boolean): boolean {
  return key === 'F2' || (!typing && key.toLowerCase() === 'p')
}
