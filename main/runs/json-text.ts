/** What a stranger's JSON is, before it is parsed: how deep and how wide it is, and whether it names something twice. */

/** Depth of nesting of a JSON text, strings left out; stops counting above `limit`. JSON.parse would recurse. */
export const jsonDepth = (text: string, limit: number): number => {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (quoted) {
      if (c === 0x5c) i++
      else if (c === 0x22) quoted = false
    } else if (c === 0x22) quoted = true
    else if (c === 0x7b || c === 0x5b) {
      depth++
      if (depth > deepest) deepest = depth
      if (deepest > limit) return deepest
    } else if (c === 0x7d || c === 0x5d) depth--
  }
  return deepest
}

/** Members of the object that has most of them, of a JSON text; stops counting above `limit`. JSON.parse takes seconds for a million names in one. */
export const mostMembers = (text: string, limit: number): number => {
  /** Colons of every open object or list. */
  const open: number[] = []
  let most = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) i = endOfString(text, i)
    else if (c === 0x7b || c === 0x5b) open.push(0)
    else if (c === 0x7d || c === 0x5d) open.pop()
    else if (c === 0x3a) {
      const members = (open.pop() ?? 0) + 1
      open.push(members)
      if (members > most) most = members
      if (most > limit) return most
    }
  }
  return most
}

/** Index of the quote that ends the string which begins at `from`. */
const endOfString = (text: string, from: number): number => {
  for (let i = from + 1; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x5c) i++
    else if (c === 0x22) return i
  }
  return text.length
}

/** Whether the next thing after `from` that is no space is a colon. */
const colonAfter = (text: string, from: number): boolean => {
  let i = from + 1
  while (i < text.length && text.charCodeAt(i) <= 0x20) i++
  return text.charCodeAt(i) === 0x3a
}

/**
 * Whether an object of a JSON text has two members of one name, escapes resolved: readers take the first or the last of them, and so two
 * of them read two results. The text must be JSON (JSON.parse has taken it).
 */
export const namesTwice = (text: string): boolean => {
  /** Names of every open object; null for an open list. */
  const open: (Set<string> | null)[] = []
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x7b) open.push(new Set())
    else if (c === 0x5b) open.push(null)
    else if (c === 0x7d || c === 0x5d) open.pop()
    else if (c === 0x22) {
      const end = endOfString(text, i)
      const names = open.at(-1)
      if (names && colonAfter(text, end)) {
        const bare = text.slice(i + 1, end)
        const name = bare.includes('\\') ? (JSON.parse(text.slice(i, end + 1)) as string) : bare
        if (names.has(name)) return true
        names.add(name)
      }
      i = end
    }
  }
  return false
}
