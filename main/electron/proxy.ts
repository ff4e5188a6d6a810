/** Chromium's answer about proxies (`PROXY host:port; DIRECT`) as an address, or null. Only the first entry counts; SOCKS is not supported. */
export function proxyOf(answer: string): string | null {
  const [kind = '', host = ''] = (answer.split(';')[0] ?? '').trim().split(/\s+/)
  if (kind === 'PROXY' && host) return `http://${host}`
  if (kind === 'HTTPS' && host) return `https://${host}`
  return null
}
