/** Which proxy a request goes through: from the environment, or from Electron's `resolveProxy`. Pure. */

/** Whether NO_PROXY names the host: `example.org`, `.example.org`, `host:port`, or `*`. */
const exempt = (url: URL, list: string): boolean =>
  list
    .split(/[\s,]+/)
    .filter((one) => one !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', port] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
      if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false
      return name !== '' && (url.hostname === name || url.hostname.endsWith(`.${name}`))
    })

/**
 * The proxy the environment names for a URL (`HTTPS_PROXY`, `NO_PROXY`, in either case), or null.
 * SOCKS is not spoken; a proxy without a scheme is one over HTTP.
 */
export const environmentProxy = (env: Record<string, string | undefined>, url: string): string | null => {
  const target = new URL(url)
  const named = target.protocol === 'https:' ? (env.https_proxy ?? env.HTTPS_PROXY) : env.http_proxy
  const proxy = named || env.all_proxy || env.ALL_PROXY
  if (!proxy || exempt(target, env.no_proxy ?? env.NO_PROXY ?? '')) return null
  const withScheme = /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`
  return /^https?:\/\//i.test(withScheme) && URL.canParse(withScheme) ? withScheme : null
}

/** The first proxy of a PAC answer that is spoken here (`PROXY host:port; HTTPS host:port; DIRECT`), or null for direct. */
export const pacProxy = (answer: string): string | null => {
  for (const choice of answer.split(';')) {
    const [kind = '', host = ''] = choice.trim().split(/\s+/)
    if (/^direct$/i.test(kind)) return null
    const scheme = /^proxy$/i.test(kind) ? 'http' : /^https$/i.test(kind) ? 'https' : null
    if (scheme && URL.canParse(`${scheme}://${host}`)) return `${scheme}://${host}`
  }
  return null
}
