/** XNAT has no route that lists its sign-in providers; its login page has a choice called `login_method` where there are several. Pure. */

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole)
    .trim()

/** The providers on a login page; empty where it offers no choice. */
export const readProviders = (page: string): { id: string; name: string }[] => {
  // No pattern runs over the whole page: a hostile one could keep it busy for minutes.
  const lower = page.toLowerCase()
  const named = lower.search(/\bname\s{0,9}=\s{0,9}["']login_method["']/)
  const opened = named < 0 ? -1 : lower.lastIndexOf('<select', named)
  if (opened < 0 || named - opened > 2_000 || lower.slice(opened, named).includes('>')) return []
  const closed = lower.indexOf('</select', named)
  const select = page.slice(named, Math.min(closed < 0 ? page.length : closed, named + 20_000))
  const found = [...select.matchAll(/<option\b[^<>]{0,500}?\bvalue\s{0,9}=\s{0,9}["']([^"'<>]{1,100})["'][^<>]{0,500}>([^<]{0,300})/gi)].map(
    (option) => ({
      id: plain(option[1] ?? ''),
      name: plain(option[2] ?? '').slice(0, 300) || plain(option[1] ?? ''),
    }),
  )
  return found.length > 1 ? found.slice(0, 50) : []
}
