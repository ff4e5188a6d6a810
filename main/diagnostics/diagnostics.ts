/** The self-check and its report, the chain's export, and what the window may show to others. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { diagnosticsMethods } from '../../preload/diagnostics.ts'

export interface DiagnosticsRoom {
  handlers: Pick<Handlers, keyof typeof diagnosticsMethods>
}

export function createDiagnosticsRoom(): DiagnosticsRoom {
  const notYet = (): never => {
    throw new ScansideError('not-supported', 'This cannot be looked at here yet. Nothing was changed.')
  }
  return {
    handlers: {
      'diagnostics.check': notYet,
      'diagnostics.report': notYet,
      'audit.status': notYet,
      'audit.export': notYet,
      'privacy.get': notYet,
      'privacy.set': notYet,
    },
  }
}
