/** How code with the decoders in it becomes one file for Node: their own code is CommonJS and asks where it lies. */
import type { BuildOptions } from 'esbuild'

export const nodeBundle = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  // Given their WebAssembly they read nothing, wherever they think they are.
  define: { __dirname: '"/"', __filename: '"/codec.js"' },
} as const satisfies BuildOptions
