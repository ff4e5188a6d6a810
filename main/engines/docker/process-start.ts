/** When a process began, as text to compare: so that a number the system gave out again is not taken for the process of old. */

/** Field 22 of `/proc/<pid>/stat`: clock ticks since the system's start. The name in field 2 may hold spaces and brackets. Null where unreadable. */
export function startFromStat(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const start = fields[19]
  return start !== undefined && /^\d+$/.test(start) ? start : null
}

export interface ProcessEffects {
  /** A file's text, or null where it cannot be read. */
  readFile(path: string): string | null
  /** Whether any process has this number now. */
  exists(pid: number): boolean
}

export interface ProcessWatch {
  pid: number
  pidStart: string
  isAlive(pid: number, pidStart: string): boolean
  /** Runs this process has a workspace open for, whatever became of the engine object in between. */
  openRuns: Set<string>
}

/**
 * This process, and how to tell whether another lives. Linux: ticks together with the boot's id, so that a restart of the computer
 * counts. Elsewhere starts cannot be read: `ownStart` (any text that differs from start to start) stands for this process,
 * and a number in use by someone else is taken for alive, so that nothing of a living process is ever removed.
 */
export function watchProcesses(pid: number, ownStart: string, effects: ProcessEffects): ProcessWatch {
  const boot = effects.readFile('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  const startOf = (number: number): string | null => {
    const stat = effects.readFile(`/proc/${number}/stat`)
    const ticks = stat === null ? null : startFromStat(stat)
    return ticks === null || boot === '' ? null : `${boot}-${ticks}`
  }
  const own = startOf(pid)
  const pidStart = own ?? ownStart
  return {
    pid,
    pidStart,
    openRuns: new Set(),
    isAlive(number, start) {
      if (number === pid) return start === pidStart
      const now = startOf(number)
      if (now !== null) return now === start
      // Where starts can be read, a process without one does not exist.
      return own === null && effects.exists(number)
    },
  }
}
