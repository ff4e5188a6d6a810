/** Which of the files a person chose is the clouds.yaml and which its secure.yaml. Their texts are read once, sent, and not kept. */

/** Characters a text may have: what the doorway lets through. */
const most = 1_000_000

export type FilesProblem = 'none' | 'many' | 'big' | 'unreadable'

type NamedFile = Pick<File, 'name' | 'size' | 'text'>

/** By name alone: `secure.yaml` is merged over the other one; what is no YAML is left aside. */
export function sortFiles<F extends Pick<File, 'name' | 'size'>>(files: readonly F[]): { clouds: F; secure: F | null } | FilesProblem {
  const yaml = files.filter(({ name }) => /\.(ya?ml|json)$/i.test(name))
  const secure = yaml.filter(({ name }) => /^secure/i.test(name))
  const clouds = yaml.filter((file) => !secure.includes(file))
  const [first] = clouds
  if (!first) return 'none'
  if (clouds.length > 1 || secure.length > 1) return 'many'
  return yaml.some(({ size }) => size > most) ? 'big' : { clouds: first, secure: secure[0] ?? null }
}

/** Their texts, for `cloud.read`; or what is wrong with the choice. */
export async function readFiles(files: readonly NamedFile[]): Promise<{ clouds: string; secure: string | null } | FilesProblem> {
  const sorted = sortFiles(files)
  if (typeof sorted === 'string') return sorted
  try {
    const [clouds, secure] = await Promise.all([sorted.clouds.text(), sorted.secure?.text() ?? null])
    return clouds.length > most || (secure?.length ?? 0) > most ? 'big' : { clouds, secure }
  } catch {
    return 'unreadable'
  }
}
