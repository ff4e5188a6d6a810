/** Headers of everything a window is given, the same in both fronts. */

/** The page's Content-Security-Policy: own files only, no inline code, no eval, Trusted Types. */
export function contentSecurityPolicy(): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self'",
    "img-src 'self' blob:",
    "style-src 'self'",
    "font-src 'self'",
    "require-trusted-types-for 'script'",
    'trusted-types scanside',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Headers for any answer: never stored, never sniffed, never framed, no referrer. */
export function answerHeaders(type: string): Record<string, string> {
  return {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  }
}
