/** A long name with its middle left out: the ends tell names of one run apart. The whole name belongs into a title beside it. */
export function shortName(name: string, most = 34): string {
  if (name.length <= most) return name
  const end = Math.ceil(most / 2)
  return `${name.slice(0, most - end - 1)}…${name.slice(-end)}`
}

/** The end of `project / subject / session / scan`, which tells runs apart: session and scan. The whole belongs into a title beside it. */
export function endOfPath(subject: string): string {
  return subject.split(' / ').slice(-2).join(' / ')
}
