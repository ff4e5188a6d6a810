/**
 * Counts every byte of array memory that code asks for, so that "no more than this" is a fact and not a measurement: array buffers, typed arrays
 * and the memory of WebAssembly. Must be installed before the code under test is loaded, as libraries keep the constructors they find.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export interface Allocations {
  /** bytes of array buffers and typed arrays since the last `reset` */
  bytes(): number
  /** bytes by which WebAssembly memories grew since the last `reset`; what they begin with does not count */
  wasm(): number
  /** The most bytes of array buffers held at once, beyond those held at the last `reset`; undefined where nothing was weighed. */
  heaviest(): number | undefined
  /** Whether what is held is weighed after every 4 MiB asked for, with everything freed that can be: exact, but slow. */
  weigh(on: boolean): void
  reset(): void
}

const weighedEvery = 4_194_304

const typedArrays = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const

const pageBytes = 65_536

/** A WebAssembly memory, as far as it matters here. */
interface Memory {
  grow(pages: number): number
}

/** Replaces the global constructors by counting ones, for the rest of this thread's life. */
export function countAllocations(): Allocations {
  let bytes = 0
  let wasm = 0
  let weighing = false
  let weighedAt = 0
  let before = 0
  let heaviest: number | undefined
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const held = () => {
    // The first marks what can go; the second waits for what the first left to be swept.
    collectGarbage()
    collectGarbage()
    return process.memoryUsage().arrayBuffers
  }
  const weighNow = () => {
    weighedAt = bytes
    heaviest = Math.max(heaviest ?? 0, held() - before)
  }

  const counting = (name: 'ArrayBuffer' | (typeof typedArrays)[number], elementBytes: number) => {
    const original = globalThis[name]
    const counted: typeof original = new Proxy(original, {
      construct(target, args: unknown[], newTarget): object {
        bytes += elements(args[0]) * elementBytes
        const made = Reflect.construct(target, args, newTarget === counted ? target : newTarget) as object
        if (weighing && bytes - weighedAt >= weighedEvery) weighNow()
        return made
      },
    })
    Object.defineProperty(globalThis, name, { value: counted, writable: true, configurable: true })
    // `slice`, `map` and their like ask their array's own constructor.
    Object.defineProperty(original.prototype, 'constructor', { value: counted, writable: true, configurable: true })
  }
  counting('ArrayBuffer', 1)
  for (const name of typedArrays) counting(name, globalThis[name].BYTES_PER_ELEMENT)

  const memory = (globalThis as unknown as { WebAssembly: { Memory: { prototype: Memory } } }).WebAssembly.Memory.prototype
  const { grow } = memory
  memory.grow = function (this: Memory, pages: number) {
    wasm += pages * pageBytes
    return grow.call(this, pages)
  }

  return {
    bytes: () => bytes,
    wasm: () => wasm,
    heaviest: () => heaviest,
    weigh(on) {
      weighing = on
    },
    reset() {
      bytes = 0
      wasm = 0
      weighedAt = 0
      heaviest = undefined
      if (weighing) before = held()
    },
  }
}

/** How many elements a typed array made from this has of its own; a view of a buffer has none. */
function elements(from: unknown): number {
  if (typeof from === 'number') return from
  if (typeof from !== 'object' || from === null || from instanceof ArrayBuffer || from instanceof SharedArrayBuffer) return 0
  const { length } = from as { length?: unknown }
  return typeof length === 'number' ? length : 0
}
