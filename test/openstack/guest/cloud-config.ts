/** What cloud-init does with a `#cloud-config`, as far as a test guest needs it: files are written, commands run as one script, then the power. */
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { z } from 'zod'

const schema = z.object({
  write_files: z
    .array(
      z.strictObject({
        path: z.string().startsWith('/'),
        content: z.string(),
        encoding: z.enum(['b64', 'base64', 'gz+b64', 'gz+base64', 'text/plain']).default('text/plain'),
        owner: z.string().default('root:root'),
        permissions: z
          .string()
          .regex(/^0?[0-7]{3,4}$/)
          .default('0644'),
      }),
    )
    .default([]),
  runcmd: z.array(z.union([z.string(), z.array(z.union([z.string(), z.number()]))])).default([]),
  power_state: z.object({ mode: z.enum(['poweroff', 'halt', 'reboot']) }).optional(),
})

export interface BootFile {
  path: string
  content: Buffer
  owner: string
  permissions: string
}

export interface Boot {
  files: BootFile[]
  /** The script cloud-init would run. */
  script: string
  powersOff: boolean
  /** Keys this guest has no use for; a test names those it expects. */
  others: string[]
}

/** `'` as a shell takes it inside single quotes. */
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

const decoded = (content: string, encoding: string): Buffer => {
  if (encoding === 'text/plain') return Buffer.from(content, 'utf8')
  const bytes = Buffer.from(content, 'base64')
  return encoding.startsWith('gz') ? gunzipSync(bytes) : bytes
}

/** @throws Error where cloud-init would not take it for a cloud-config */
export function readCloudConfig(userData: string): Boot {
  if (!/^#cloud-config\r?\n/.test(userData)) throw new Error('user_data does not begin with #cloud-config')
  const document = parse(userData) as Record<string, unknown>
  const config = schema.parse(document)
  const lines = config.runcmd.map((command) => (typeof command === 'string' ? command : command.map((word) => quoted(String(word))).join(' ')))
  return {
    files: config.write_files.map(({ path, content, encoding, owner, permissions }) => ({
      path,
      content: decoded(content, encoding),
      owner,
      permissions,
    })),
    script: `#!/bin/sh\n${lines.join('\n')}\n`,
    powersOff: config.power_state?.mode === 'poweroff',
    others: Object.keys(document).filter((key) => !(key in schema.shape)),
  }
}

const instance = 'var/lib/cloud/instance'

/** Entries of a tar for the guest's root: each file under a number, the script, and what puts them where they belong once /run is there. */
export function bootEntries({ files, script }: Boot): { name: string; body: Buffer }[] {
  const placed = files.map(({ path, owner, permissions }, index) => {
    const place = quoted(path)
    return `mkdir -p "$(dirname ${place})" && cp /${instance}/files/${index} ${place} && chmod ${permissions} ${place} && chown ${quoted(owner)} ${place}`
  })
  const clean = 'env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8'
  // As cloud-init's: nothing of the container's environment, and no input.
  const boot = ['set -eu', ...placed, `exec ${clean} /bin/sh /${instance}/scripts/runcmd </dev/null`, ''].join('\n')
  return [
    ...files.map(({ content }, index) => ({ name: `${instance}/files/${index}`, body: content })),
    { name: `${instance}/scripts/runcmd`, body: Buffer.from(script) },
    { name: `${instance}/boot.sh`, body: Buffer.from(boot) },
  ]
}

export const bootCommand = ['/bin/sh', `/${instance}/boot.sh`]
