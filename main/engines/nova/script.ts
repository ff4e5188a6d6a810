/**
 * The script a cloud's machine runs, as text: POSIX sh, curl, docker or podman, GNU coreutils, findutils, sed, grep, awk.
 * It is rendered for one run and holds nothing that this run does not need. Pure.
 *
 * The work is done in a subshell, so that a deadline can end it wherever it hangs; the script's own shell then tells the outcome, withdraws the
 * token and removes what was there. What the two know of each other are small files in a folder in memory.
 */
import { ScansideError } from '../../../oct/errors.ts'
import type { RemoteJob } from '../remote/job.ts'
import { curlLine, shellQuoted as q, safeAddress, wholeNumber } from './quote.ts'
import { addressed, imageBringing, imageFunction, inputCalls, inputFunction, reporting } from './script-fetch.ts'
import { createFunction, folderOf, running, sending } from './script-run.ts'

/** How the machine calls itself; never like a browser, to which the archive would show its login page. */
const agent = 'Scanside-machine/1'

/** Seconds between two looks at the log while the pipeline runs. The archive is no object store: it is asked less often. */
const pulseSeconds = { link: 2, archive: 15 } as const

/** Seconds after the deadline at which the machine is switched off whatever hangs. */
const graceSeconds = 120

const opaque = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

const tokenPart = ({ token }: RemoteJob): string =>
  token.kind === 'inline'
    ? `  fact alias ${q(token.alias)}
  keep_token ${q(token.secret)}
`
    : `  ask ${addressed(token.url)} "$S/token" || fail archive-unreachable
  [ "$code" = 200 ] || fail token-refused
  fact alias "$(sed -n 's/.*"alias" *: *"\\([A-Za-z0-9-]*\\)".*/\\1/p' "$S/token")"
  keep_token "$(sed -n 's/.*"secret" *: *"\\([A-Za-z0-9]*\\)".*/\\1/p' "$S/token")"
  rm -f "$S/token"
`

/** With a wrong clock no certificate can be judged, so nobody is asked for the time: the order says when it was given. */
const clockPart = ({ clock }: RemoteJob): string =>
  clock === undefined
    ? ''
    : `  at=$(date +%s)
  { [ "$at" -ge ${wholeNumber(Math.floor(clock.earliest / 1000))} ] && [ "$at" -le ${wholeNumber(Math.ceil(clock.latest / 1000))} ]; } || fail clock
`

const preamble = (job: RemoteJob): string => {
  const inputBytes = job.inputs.reduce((sum, { size }) => sum + size, 0)
  return `#!/bin/sh
# One run of Scanside on a machine of its own. Written for this run; what stands between quotes is all it was given.
set -u
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

run=${q(job.run)}
name="scanside-$run-run"

say() { printf 'scanside %s %s\\n' "$run" "$*"; }

# What is secret and what is known so far: in memory, where the machine has a file system for that.
for S in /run/scanside /dev/shm/scanside /var/lib/scanside; do
  mkdir -p "$S" 2>/dev/null && [ "$(stat -f -c %T "$S")" = tmpfs ] && break
done
S=$S/$run.state
# Patient data: in memory too, where it and the pipeline have room there.
D=/var/lib/scanside/$run
W=$D
need=${wholeNumber(Math.ceil((inputBytes + job.limits.outputBytes) / 1024))}
if [ "$(stat -f -c %T /run/scanside 2>/dev/null)" = tmpfs ] &&
  [ "$(df -Pk /run/scanside | awk 'NR == 2 { print $4 }')" -gt "$need" ] &&
  [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt $((need + ${wholeNumber(Math.ceil(job.limits.memoryBytes / 1024))})) ]; then
  W=/run/scanside/$run
fi
rm -rf "$S" "$W" "$D"
mkdir -p "$S" "$D" ${job.mounts.map(({ name }) => `"$W/${folderOf(job, name)}"`).join(' ')}

fact() { printf '%s' "$2" >"$S/$1.new" && mv "$S/$1.new" "$S/$1"; }
known() { if [ -s "$S/$1" ]; then cat "$S/$1"; else printf '%s' "$2"; fi; }
fail() {
  fact problem "\\"$1\\""
  say "problem $1"
  exit 1
}
digest_of() { "$1sum" <"$2" | cut -d ' ' -f 1; }

{
  cat /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt 2>/dev/null
  printf '%s\\n' ${q(job.archive.ca.join('\n'))}
} >"$S/ca.pem"
cat >"$S/curl" <<END
silent
globoff
user-agent = "${agent}"
cacert = "$S/ca.pem"
connect-timeout = 20
speed-limit = 1000
speed-time = 300
retry = 4
retry-all-errors
write-out = "%{http_code}"
header = "Expect:"
END

# ask CONFIG FILE [OPTION...]: one request. Addresses and secrets come by config, never as an argument. False where no answer came.
ask() {
  config=$1 into=$2
  shift 2
  code=$(printf '%s\\n' "$config" | curl -K "$S/curl" -K - -o "$into" "$@" 2>/dev/null)
  failed=$?
  [ "$failed" = 0 ]
}
# home CONFIG FILE [OPTION...]: the same of the archive, as the token's person, in one session.
home() { ask "$@" -K "$S/person"; }
keep_token() {
  printf 'user = "%s:%s"\\n' "$(known alias '')" "$1" >"$S/basic"
  { cat "$S/basic" && printf 'cookie = "%s"\\ncookie-jar = "%s"\\n' "$S/jar" "$S/jar"; } >"$S/person"
}
`
}

const work = (job: RemoteJob): string => {
  const session = addressed(`${job.archive.address}/data/JSESSION`)
  return `
work() {
${clockPart(job)}  progress preparing 0 0
${tokenPart(job)}  home ${session} /dev/null -D "$S/head" || fail archive-unreachable
  at=$(sed -n 's/^[Dd]ate: *//p' "$S/head" 2>/dev/null | tr -d '\\r' | tail -n 1)
  if [ -n "$at" ] && at=$(date -d "$at" +%s 2>/dev/null); then
    off=$(($(date +%s) - at))
    { [ "$off" -gt -300 ] && [ "$off" -lt 300 ]; } || fail clock
  fi
  case $code in
    200) fact greeted yes ;;
    401 | 403) fail token-refused ;;
    *) fail archive-unreachable ;;
  esac
  for engine in docker podman ''; do command -v "$engine" >/dev/null 2>&1 && break; done
  [ -n "$engine" ] || fail no-engine
  fact engine "$engine"

${inputCalls(job, (mount) => folderOf(job, mount))}  find "$W" -mindepth 1 -type d -exec chmod 755 {} + -o -type f -exec chmod 444 {} +
  progress fetching "$fetched" ${job.inputs.length}

  progress loading-image 0 1
  tries=0
  until "$engine" info >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -le 60 ] || fail no-engine
    sleep 1
  done
${imageBringing(job)}
${running(job, pulseSeconds[job.report.kind])}
${sending(job)}}
`
}

const ending = (job: RemoteJob): string => {
  const { address } = job.archive
  const session = addressed(`${address}/data/JSESSION`)
  return `
outcome() {
  printf '{"run":"%s","given":[%s],"exitCode":%s,"outOfMemory":%s,"timedOut":%s,"results":%s,"problem":%s,"tokenWithdrawn":%s}' "$run" \\
    "$(known given '')" "$(known exit null)" "$(known oom false)" "$(known timed false)" "$(known results null)" "$(known problem null)" "$1" >"$S/outcome"
  send_outcome "$S/outcome"
}
# The token ends itself, then it must be refused.
withdraw() {
  [ -e "$S/greeted" ] || return 1
  home ${q(curlLine('url', `${address}/data/services/tokens/invalidate/`).slice(0, -1))}"$(known alias '')\\"" /dev/null
  ask ${session} /dev/null -b "$S/jar" -X DELETE
  ask ${session} /dev/null -K "$S/basic" && [ "$code" = 401 ]
}

# A process and all it started: a request of an ended worker would go on, and its result arrive after the run was told to have failed.
end() {
  # shellcheck disable=SC2046
  set -- "$1" $(cat "/proc/$1/task/$1/children" 2>/dev/null)
  kill "$1" 2>/dev/null
  shift
  for child in "$@"; do end "$child"; done
}

work &
worker=$!
(
  trap 'kill "$nap"; exit' TERM
  sleep ${job.wholeDeadlineMs / 1000} &
  nap=$!
  wait "$nap"
  : >"$S/late"
  end "$worker"
  sleep ${graceSeconds} &
  nap=$!
  wait "$nap"
  poweroff -f
) >/dev/null 2>&1 </dev/null &
watch=$!
trap 'end "$worker"' INT TERM HUP
wait "$worker"

if [ -e "$S/late" ] && [ ! -e "$S/results" ]; then
  fact problem '"deadline"'
  say problem deadline
fi
engine=$(known engine '')
if [ -e "$S/pulse" ]; then
  kill "$(cat "$S/pulse")" 2>/dev/null
  send_log
fi
[ -n "$engine" ] && "$engine" rm -f -v "$name" >/dev/null 2>&1
say 'done' 0/0
outcome false
${job.report.kind === 'link' ? 'withdraw && outcome true' : '# The outcome cannot say it: where it is written needs the token.\nwithdraw'}
[ -e "$S/brought" ] && "$engine" image rm -f "$(cat "$S/brought")" >/dev/null 2>&1
kill "$watch" 2>/dev/null
rm -rf "$W" "$D" "$S" "$0"
`
}

/**
 * The job as a script.
 * @throws ScansideError `invalid-argument` for what cannot be told to a machine safely: a clear-text address, a name that leads out of its mount
 */
export function renderScript(job: RemoteJob): string {
  safeAddress(job.archive.address)
  if (![job.run, job.install].every((id) => opaque.test(id))) {
    throw new ScansideError('invalid-argument', 'A run has a name that a cloud machine cannot be told. Nothing was started.')
  }
  return [preamble(job), reporting(job), inputFunction(job), imageFunction(job), createFunction(job), work(job), ending(job)].join('')
}
