/** The one trusted-types policy the CSP names. It lets a worker be started from a script this build made, and nothing else. */

interface Policy {
  createScriptURL(url: string): unknown
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy
}

/** Throws unless the address is of this window's own origin. */
function ownScript(url: string): string {
  if (new URL(url, document.baseURI).origin !== new URL(document.baseURI).origin) throw new TypeError('A worker must come from Scanside itself.')
  return url
}

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
const policy: Policy | null = factory ? factory.createPolicy('scanside', { createScriptURL: ownScript }) : null

/** Starts a module worker from an `import url from './x.ts?worker&url'`. */
export function startWorker(url: string): Worker {
  // The DOM's types know no TrustedScriptURL here; the browser wants exactly the object the policy made.
  return new Worker((policy ? policy.createScriptURL(url) : ownScript(url)) as string, { type: 'module' })
}
