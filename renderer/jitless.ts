/** Imported before anything that makes a schema: zod would try `new Function` once, which the CSP refuses and reports. */
import { z } from 'zod'

z.config({ jitless: true })
