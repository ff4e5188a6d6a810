import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import type { WasmName } from './oct/codecs/index.ts'
import { carriedAs, wasmFiles } from './oct/codecs/wasm-files.ts'

const { resolve } = createRequire(import.meta.url)

/** The decoders' WebAssembly as files beside the judging worker. */
const codecs: Plugin = {
  name: 'scanside-codecs',
  generateBundle() {
    for (const [name, path] of Object.entries(wasmFiles)) {
      this.emitFile({ type: 'asset', fileName: carriedAs(name as WasmName), source: readFileSync(resolve(path)) })
    }
  },
}

export default defineConfig({
  main: {
    plugins: [codecs],
    build: {
      outDir: 'out/main',
      lib: {
        entry: {
          electron: 'main/electron.ts',
          loopback: 'main/loopback.ts',
          'parse-worker': 'main/scans/parse-worker.ts',
          'judge-worker': 'main/engines/builtin/judge-worker.ts',
          demo: 'demo/process.ts',
          'demo-device': 'demo/device.ts',
        },
        formats: ['es'],
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      lib: { entry: { preload: 'preload/preload.ts' }, formats: ['cjs'] },
      rollupOptions: { output: { entryFileNames: '[name].cjs' } },
      // A sandboxed preload cannot require: everything in one file.
      externalizeDeps: false,
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      minify: true,
      // Fonts and images as files of their own: the CSP has no data: addresses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: 'renderer/index.html' },
    },
    worker: { format: 'es' },
  },
})
