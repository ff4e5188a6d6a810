/** The script's parts that report, fetch inputs and find the image. Pure; see script.ts. */
import { ScansideError } from '../../../oct/errors.ts'
import { objectNames, type RemoteJob } from '../remote/job.ts'
import { checkInputPath } from '../verified.ts'
import { curlLine, shellQuoted as q, safeAddress, wholeNumber } from './quote.ts'

/** A request's address as a shell word that holds a line of curl's config. */
export const addressed = (url: string): string => q(curlLine('url', safeAddress(url)))

/** The session's resource for results, below the archive's address. */
export const resourceOf = ({ archive, home }: RemoteJob): string => {
  return `${archive.address}/data/experiments/${encodeURIComponent(home.session)}/resources/SCANSIDE/files`
}

/** A file of that resource. */
export const fileOf = (job: RemoteJob, name: string): string => `${resourceOf(job)}/${name.split('/').map(encodeURIComponent).join('/')}`

/** As XNAT wants an upload. */
export const uploadQuery = '?inbody=true&overwrite=true&format=JSON'

/** `send FILE CONFIG`, and who calls it. */
export const reporting = (job: RemoteJob): string => {
  const { report } = job
  const [how, to] =
    report.kind === 'link'
      ? [
          `# Written whole and anew each time; the object store removes it by itself after a while.
send() { ask "$2" /dev/null -T "$1" -H 'X-Delete-After: ${wholeNumber(report.deleteAfter)}' --retry 2 --max-time 60; }`,
          { progress: report.progress, log: report.log, outcome: report.outcome },
        ]
      : [
          `# Written whole and anew each time, beside the results. The archive takes no empty file.
send() { [ -s "$S/person" ] && home "$2" /dev/null -T "$1" -H 'Content-Type: application/octet-stream' --retry 2 --max-time 60; }`,
          {
            progress: `${fileOf(job, `${report.folder}/${objectNames.progress}`)}${uploadQuery}`,
            log: `${fileOf(job, `${report.folder}/${objectNames.log}`)}${uploadQuery}`,
            outcome: `${fileOf(job, `${report.folder}/${objectNames.outcome}`)}${uploadQuery}`,
          },
        ]
  return `${how}
send_outcome() { send "$1" ${addressed(to.outcome)}; }
send_log() {
  "$engine" logs "$name" 2>&1 | head -c ${wholeNumber(job.limits.logBytes)} >"$S/log"
  if [ -s "$S/log" ] && ! cmp -s "$S/log" "$S/log.sent"; then
    send "$S/log" ${addressed(to.log)} && cp "$S/log" "$S/log.sent"
  fi
}
# progress STAGE DONE OF
progress() {
  say "$1 $2/$3"
  printf '{"run":"%s","stage":"%s","done":%s,"of":%s}' "$run" "$1" "$2" "$3" >"$S/progress"
  send "$S/progress" ${addressed(to.progress)}
}`
}

/** Definitions for inputs. */
export const inputFunction = (job: RemoteJob): string => `
# change FILE OFFSET LENGTH FILL: takes out what says whose it is.
change() {
  head -c "$3" /dev/zero | tr '\\000' "\\\\$(printf %03o "$4")" | dd of="$1" bs=65536 seek="$2" oflag=seek_bytes conv=notrunc status=none
}
# files NUMBER CONFIG: a list of the archive's files, each line the digest of a name and the file's address.
files() {
  home "$2" "$S/listing" || fail archive-unreachable
  case $code in
    200) ;;
    401 | 403) fail token-refused ;;
    404) fail input-missing ;;
    *) fail archive-unreachable ;;
  esac
  grep -o '"URI" *: *"[^"]*"' "$S/listing" | sed 's/^"URI" *: *"//; s/"$//; s,\\\\/,/,g' | while IFS= read -r address; do
    printf '%s %s\\n' "$(printf %s "\${address#*/files/}" | sha256sum | cut -c 1-64)" "$address"
  done >"$S/files.$1"
}
# Whatever may not stand in an address, as %XX.
encoded() {
  awk 'BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i }
    { for (i = 1; i <= length($0); i++) { c = substr($0, i, 1); if (c ~ /[A-Za-z0-9\\/._~%:@!$&()*+,;=-]/) printf "%s", c; else printf "%%%02X", code[c] } }'
}
# listed 'NUMBER DIGEST' FILE: fetches the file of that list whose name has this digest. Its name is nobody's business but the archive's.
listed() {
  address=$(sed -n "s/^\${1#* } //p" "$S/files.\${1% *}" | head -n 1 | encoded)
  if [ -n "$address" ]; then
    home ${q(curlLine('url', job.archive.address).slice(0, -1))}"$address\\"" "$2"
  else
    failed=0 code=404
  fi
}
# input FOLDER PATH SIZE MD5 VIA FROM [OFFSET LENGTH FILL]...
fetched=0 told=0 comma=
input() {
  file=$W/$1/$2 path=$2 size=$3 md5=$4 via=$5 from=$6
  shift 6
  now=$(date +%s)
  if [ "$now" != "$told" ]; then
    told=$now
    progress fetching "$fetched" ${job.inputs.length}
  fi
  mkdir -p "$(dirname "$file")" || fail disk-full
  for try in 1 2; do
    "$via" "$from" "$file"
    [ "$failed" = 23 ] && fail disk-full
    [ "$failed" = 0 ] || fail archive-unreachable
    case $via$code in
      *200) ;;
      listed401 | listed403) fail token-refused ;;
      *401 | *403 | *404) fail input-missing ;;
      *) fail archive-unreachable ;;
    esac
    [ "$(stat -c %s "$file" 2>/dev/null)" = "$size" ] && { [ -z "$md5" ] || [ "$(digest_of md5 "$file")" = "$md5" ]; } && break
    [ "$try" = 1 ] || fail input-differs
  done
  while [ "$#" -ge 3 ]; do
    change "$file" "$1" "$2" "$3" || fail disk-full
    shift 3
  done
  printf '%s{"path":"%s","size":%s,"sha256":"%s"}' "$comma" "$path" "$size" "$(digest_of sha256 "$file")" >>"$S/given"
  comma=,
  fetched=$((fetched + 1))
}`

/** It stands in a pattern of sed. */
const hexDigest = (text: string): string => {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new ScansideError('invalid-argument', 'A scan has no digest of its own. Nothing was started.')
  return text
}

/** The lists the inputs are in, then one call for each input. @throws ScansideError `invalid-argument` for a name or a change that leads out of its file */
export const inputCalls = (job: RemoteJob, folderOf: (mount: string) => string): string => {
  const lists = [...new Set(job.inputs.flatMap(({ from }) => (from.kind === 'archive' ? [from.list] : [])))]
  const listings = lists.map((list, n) => {
    // Behind the archive's name without a slash it would make another host of it.
    if (!/^\/(?!\/)/.test(list))
      throw new ScansideError('invalid-argument', 'The archive gave a file an address that is none of its own. Nothing was started.')
    return `  files ${n} ${addressed(`${job.archive.address}${list}?format=json`)}\n`
  })
  const calls = job.inputs.map((input) => {
    checkInputPath(input.path)
    const { from } = input
    const source = from.kind === 'archive' ? `listed ${q(`${lists.indexOf(from.list)} ${hexDigest(from.nameDigest)}`)}` : `ask ${addressed(from.url)}`
    const changes = input.changes.map(({ offset, length, fill }) => {
      // The file's size is known before; a change may not make it longer.
      wholeNumber(input.size - offset - length)
      wholeNumber(255 - fill)
      return ` ${wholeNumber(offset)} ${wholeNumber(length)} ${wholeNumber(fill)}`
    })
    return `  input ${folderOf(input.mount)} ${q(input.path)} ${wholeNumber(input.size)} ${q(input.md5.toLowerCase())} ${source}${changes.join('')}\n`
  })
  return [...listings, ...calls].join('')
}

/** `find_image`: sets `image`. */
export const imageFunction = ({ image }: RemoteJob): string => `
# An image is known by its layers: the same on every engine.
find_image() {
  for image in ${q(image.name)} $("$engine" image ls -q --no-trunc 2>/dev/null | sort -u); do
    layers=$("$engine" image inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}' "$image" 2>/dev/null) || continue
    [ "$(printf %s "$layers" | sha256sum | cut -d ' ' -f 1)" = ${q(image.digest)} ] && return 0
  done
  return 1
}`

/** How the image comes where the machine does not have it. */
export const imageBringing = ({ image: { source } }: RemoteJob): string => {
  if (source.kind === 'present') return '  find_image || fail image-missing\n'
  if (source.kind === 'registry') {
    return `  if ! find_image; then
    "$engine" pull -q ${q(source.reference)} >/dev/null 2>&1 </dev/null || fail image-missing
    fact brought ${q(source.reference)}
    find_image || fail image-differs
  fi
`
  }
  return `  if ! find_image; then
    ask ${addressed(source.url)} "$D/image"
    [ "$failed" = 23 ] && fail disk-full
    [ "$failed$code" = 0200 ] || fail image-missing
    [ "$(digest_of sha256 "$D/image")" = ${q(source.sha256)} ] || fail image-differs
    "$engine" load -q -i "$D/image" >"$S/loaded" 2>&1 || { grep -qi 'no space' "$S/loaded" && fail disk-full; fail image-missing; }
    rm -f "$D/image"
    find_image || fail image-differs
    fact brought "$image"
  fi
`
}
