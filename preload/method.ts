/** One method of the contract: the schemas of what it is given and of what it answers. */
import type { z } from 'zod'

export const method = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output })
