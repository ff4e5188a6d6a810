/** The script's parts that run the container and send its result home. Pure; see script.ts. */
import { ScansideError } from '../../../oct/errors.ts'
import { runUser } from '../docker/hardening.ts'
import { labelNames } from '../docker/labels.ts'
import type { RemoteJob } from '../remote/job.ts'
import { shellQuoted as q, wholeNumber } from './quote.ts'
import { addressed, fileOf, resourceOf, uploadQuery } from './script-fetch.ts'

/** Bytes of /tmp in the container, which is memory; as at the desk. */
const scratchBytes = 128 * 1024 * 1024

/** Largest results.json that is sent, bytes; as the desk takes. */
const resultBytes = 32 * 1024 * 1024

/** A mount's folder in the work folder: by number, never by a name of the pipeline's. */
export const folderOf = (job: RemoteJob, mount: string): string => {
  const index = job.mounts.findIndex(({ name }) => name === mount)
  if (index === -1) throw new ScansideError('invalid-argument', 'The pipeline has no place for one of the inputs. Nothing was started.')
  return `m${index}`
}

const checkedPlace = (path: string): string => {
  if (!/^\/[^:\0\r\n]*$/.test(path)) {
    throw new ScansideError('invalid-argument', 'The pipeline names a folder that cannot be made in a cloud machine. Nothing was started.')
  }
  return path
}

/** Options of `create`; the same hardening as at the desk. `$cpus` and `$logging` are known on the machine alone. */
const options = (job: RemoteJob): string[] => [
  '--network none --read-only --cap-drop ALL --security-opt no-new-privileges --ipc private',
  `--user ${runUser}:${runUser} --pids-limit ${wholeNumber(job.limits.pids)}`,
  `--memory ${wholeNumber(job.limits.memoryBytes)} --memory-swap ${wholeNumber(job.limits.memoryBytes)} --cpus "$cpus"`,
  `--tmpfs /tmp:rw,noexec,nosuid,nodev,size=${scratchBytes}`,
  [labelNames.managed, labelNames.run, labelNames.install]
    .map((label, i) => `--label ${q(`${label}=${['1', job.run, job.install][i] ?? ''}`)}`)
    .join(' '),
  ...job.mounts.map(({ name, path, writable }) => `-v "$W/${folderOf(job, name)}":${q(`${checkedPlace(path)}${writable ? '' : ':ro'}`)}`),
  ...Object.entries(job.env).map(([key, value]) => `--env ${q(`${key}=${value}`)}`),
  ...(job.workingDir === null ? [] : [`--workdir ${q(job.workingDir)}`]),
  ...(job.argv === null ? [] : [`--entrypoint ${q(job.argv[0] ?? '')}`]),
]

export const createFunction = (job: RemoteJob): string => `
# create [OPTION...]: the container with its hardening.
create() {
  # shellcheck disable=SC2086
  "$engine" create --name "$name" $logging "$@" \\
    ${options(job).join(' \\\n    ')} \\
    "$image"${(job.argv ?? [])
      .slice(1)
      .map((word) => ` ${q(word)}`)
      .join('')} >/dev/null 2>&1
}
# Tells what the container writes while it works.
pulse() {
  trap 'exit 0' TERM
  while :; do
    sleep "$1" &
    wait "$!"
    send_log
  done
}`

/** From the image to the exit; ends the work where there is nothing to send. `pulse`: seconds between two looks at the log. */
export const running = (job: RemoteJob, pulse: number): string => {
  const writable = job.mounts.filter((mount) => mount.writable).map(({ name }) => `"$W/${folderOf(job, name)}"`)
  return `  progress running 0 0
  cpus=$(nproc)
  [ "$cpus" -lt ${wholeNumber(Math.ceil(job.limits.cpus))} ] || cpus=${Math.max(0.01, job.limits.cpus).toFixed(2)}
  case $engine in
    docker) logging='--log-driver local --log-opt max-size=10m --log-opt max-file=1 --log-opt compress=false' ;;
    *) logging='--log-driver k8s-file --log-opt max-size=10m' ;;
  esac
  ${writable.length === 0 ? ':' : `chown ${runUser}:${runUser} ${writable.join(' ')} || fail disk-full`}
  # Podman may be without its init program, which a run may do without.
  create --init || create || fail image-refused
  "$engine" start "$name" >/dev/null 2>&1 || fail image-refused
  pulse ${pulse} >/dev/null 2>&1 &
  fact pulse "$!"
  timeout ${job.limits.deadlineMs / 1000} "$engine" wait "$name" >/dev/null 2>&1
  if [ "$?" = 124 ]; then
    fact timed true
    "$engine" stop -t 1 "$name" >/dev/null 2>&1
    "$engine" kill "$name" >/dev/null 2>&1
  fi
  # Podman's wait may come back early.
  while [ "$("$engine" inspect --format '{{.State.Running}}' "$name" 2>/dev/null)" = true ]; do sleep 0.2; done
  kill "$(cat "$S/pulse")"
  wait "$(cat "$S/pulse")"
  # Its output may lie in the same memory as what is known of the run: where it left no room, it goes, or nothing could be told.
  if ! head -c 4194304 /dev/zero 2>/dev/null >"$S/room"; then
    rm -rf "$S/room" ${writable.map((folder) => `${folder}`).join(' ')}
    fail disk-full
  fi
  rm -f "$S/room"
  send_log
  ended=$("$engine" inspect --format '{{.State.ExitCode}} {{.State.OOMKilled}}' "$name" 2>/dev/null) || fail no-engine
  [ "\${ended#* }" = true ] && fact oom true
  # Podman does not always learn that it was the kernel.
  [ "$engine $(known timed false) \${ended%% *}" = 'podman false 137' ] && fact oom true
  fact exit "\${ended%% *}"
  [ "$(known timed false)\${ended%% *}" = false0 ] || exit 0
`
}

/** Checks what the container left and sends results.json, believed only when listed. */
export const sending = (job: RemoteJob): string => {
  const { outputFiles, outputBytes, outputDepth } = job.limits
  const name = `/files/${job.home.name}"`
  return `  progress sending 0 1
  out=$W/${folderOf(job, job.outputMount)}
  [ -z "$(find "$out" -mindepth 1 ! -type f ! -type d -print -quit)" ] || fail output-refused
  [ -z "$(find "$out" -type f -links +1 -print -quit)" ] || fail output-refused
  [ -z "$(find "$out" -mindepth 1 -name '*[[:cntrl:]\\\\]*' -print -quit)" ] || fail output-refused
  [ -z "$(find "$out" -mindepth ${wholeNumber(outputDepth + 1)} -print -quit)" ] || fail output-refused
  [ "$(find "$out" -mindepth 1 -printf x | head -c ${wholeNumber(2 * outputFiles + 2)} | wc -c)" -le ${wholeNumber(2 * outputFiles + 1)} ] || fail output-refused
  [ "$(find "$out" -type f -printf x | wc -c)" -le ${wholeNumber(outputFiles)} ] || fail output-refused
  find "$out" -type f -printf '%s\\n' | awk '{ sum += $1 } END { exit sum > ${wholeNumber(outputBytes)} }' || fail output-refused
  result=$out/results.json
  [ -e "$result" ] || fail no-results
  [ -f "$result" ] || fail output-refused
  size=$(stat -c %s "$result")
  [ "$size" -gt 0 ] || fail no-results
  [ "$size" -le ${resultBytes} ] || fail output-refused
  sha256=$(digest_of sha256 "$result")
  md5=$(digest_of md5 "$result")
  # Believed only when listed: the archive answers 200 to what it does not keep.
  for try in 1 2 3; do
    [ "$try" = 1 ] || sleep 2
    why=archive-unreachable
    home ${addressed(`${fileOf(job, job.home.name)}${uploadQuery}`)} "$S/said" -T "$result" -H 'Content-Type: application/octet-stream' || continue
    case $code in
      200 | 201) ;;
      401) fail token-refused ;;
      4*) fail upload-refused ;;
      *) continue ;;
    esac
    home ${addressed(`${resourceOf(job)}?format=json`)} "$S/list" || continue
    # Where nothing was ever kept there is no list.
    [ "$code" != 404 ] || { why=upload-refused && continue; }
    [ "$code" = 200 ] || continue
    why=upload-refused
    row=$(sed 's,\\\\/,/,g' "$S/list" | tr '}' '\\n' | grep -F -e ${q(name)} | tail -n 1)
    [ -n "$row" ] || continue
    why=upload-differs
    [ "$(printf '%s' "$row" | sed -n 's/.*"Size" *: *"*\\([0-9]*\\).*/\\1/p')" = "$size" ] || continue
    listed=$(printf '%s' "$row" | sed -n 's/.*"digest" *: *"\\([0-9a-fA-F]*\\)".*/\\1/p')
    if [ -n "$listed" ]; then
      [ "$listed" = "$md5" ] || continue
    else
      home ${addressed(fileOf(job, job.home.name))} "$S/back" && cmp -s "$S/back" "$result" || continue
    fi
    why=
    break
  done
  [ -z "$why" ] || fail "$why"
  fact results "{\\"size\\":$size,\\"sha256\\":\\"$sha256\\",\\"md5\\":\\"$md5\\"}"
`
}
