/** What cloud-init is told: the script, that it be run, and that the machine be switched off after it. Pure. */
import { gzipSync } from 'node:zlib'
import { ScansideError } from '../../../oct/errors.ts'
import type { RemoteJob } from '../remote/job.ts'
import { renderScript } from './script.ts'

/** Bytes of user_data that Nova takes: 65,535 characters of base64. */
export const maxUserData = 49_149

/** Where cloud-init puts the script: in memory, and nothing of it stays. */
const scriptPath = '/run/scanside/job.sh'

/**
 * The cloud-config of one job. It is JSON, which is YAML.
 * @throws ScansideError `invalid-argument` where the list of inputs is too long for it
 */
export function renderUserData(job: RemoteJob): string {
  const config = {
    // No account, no way in. An object: cloud-init's schema (22.4) refuses an empty list, and leaving it out makes its usual account.
    users: {},
    ssh_pwauth: false,
    disable_root: true,
    package_update: false,
    write_files: [
      { path: scriptPath, permissions: '0700', encoding: 'gz+b64', content: gzipSync(renderScript(job), { level: 9 }).toString('base64') },
    ],
    runcmd: [['/bin/sh', scriptPath]],
    power_state: { mode: 'poweroff', delay: 'now', timeout: 60, condition: true },
  }
  const text = `#cloud-config\n${JSON.stringify(config)}\n`
  if (Buffer.byteLength(text) > maxUserData) {
    throw new ScansideError(
      'invalid-argument',
      `These are ${job.inputs.length} files, more than one cloud machine can be told of. Nothing was started; start them in smaller groups.`,
      { files: job.inputs.length },
    )
  }
  return text
}
