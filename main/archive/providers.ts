/** XNAT has no route that lists its sign-in providers; its login page has a choice called `login_method` where there are several. Pure. */

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole)
    .trim()

/** The providers on a login page; empty where it offers no choice. */
export const readProviders = (page: string): { id: string; name: string }[] => {
  const select = /<select\b[^>]*\bname\s*=\s*["']login_method["'][^>]*>([\s\S]{0,20000}?)<\/select>/i.exec(page)?.[1]
  if (select === undefined) return []
  const found = [...select.matchAll(/<option\b[^>]*\bvalue\s*=\s*["']([^"']{1,100})["'][^>]*>([^<]{0,300})/gi)].map((option) => ({
    id: plain(option[1] ?? ''),
    name: plain(option[2] ?? '').slice(0, 300) || plain(option[1] ?? ''),
  }))
  return found.length > 1 ? found.slice(0, 50) : []
}
