/** Attacks by results.json: what it is, what it says, and whose it says it. */
import { type Attack, noResults, unreadable } from './attack.ts'

/** Good results, changed on their way. */
const changed = (sed: string): string => `good | sed '${sed}' >/output/results.json`
const schema = /does not follow the result schema/

export const resultAttacks: Attack[] = [
  { name: 'results-empty', about: 'results.json is empty', script: ': >/output/results.json', ends: unreadable },
  {
    name: 'results-html',
    about: 'results.json is a page',
    script: 'echo "<!DOCTYPE html><script>alert(1)</script>" >/output/results.json',
    ends: unreadable,
  },
  {
    name: 'results-html-text',
    about: 'a page within a text of the results',
    script: changed('s/PLAIN/<img src=x onerror=alert(1)><script>alert(2)<\\/script>/'),
    ends: 'contained',
  },
  { name: 'results-nan', about: 'a value that is NaN', script: changed('s/1\\.5/NaN/'), ends: unreadable },
  { name: 'results-infinity', about: 'a value that is Infinity', script: changed('s/1\\.5/-Infinity/'), ends: unreadable },
  { name: 'results-1e999', about: 'a number larger than there are', script: changed('s/1\\.5/1e999/'), ends: schema },
  {
    name: 'results-nested',
    about: 'a million brackets',
    script: '(yes "[" | head -n 1000000 | tr -d "\\n"; yes "]" | head -n 1000000 | tr -d "\\n") >/output/results.json',
    ends: /nested too deeply/,
  },
  {
    name: 'results-nested-open',
    about: 'a million brackets that never close',
    script: 'yes "{\\"a\\":" | head -n 1000000 | tr -d "\\n" >/output/results.json',
    ends: /nested too deeply/,
  },
  {
    name: 'results-1-gb',
    about: 'a results.json of 1 GB',
    script: 'good >/output/results.json; head -c 1000000000 /dev/zero | tr "\\000" " " >>/output/results.json; exit 0',
    ends: /larger than 32 MB|more than [\d,]+ MB/,
  },
  {
    name: 'results-100-mb',
    about: 'a results.json of 100 MB',
    script: 'good >/output/results.json; head -c 100000000 /dev/zero | tr "\\000" " " >>/output/results.json',
    ends: /larger than 32 MB/,
  },
  {
    name: 'results-30-mb',
    about: 'thirty megabytes of one text',
    script: `good | sed 's/PLAIN/#/' >/tmp/r; (cut -d '#' -f 1 </tmp/r | tr -d '\\n'; head -c 30000000 /dev/zero | tr "\\000" y; cut -d '#' -f 2 </tmp/r) >/output/results.json`,
    ends: schema,
  },
  {
    name: 'results-digest',
    about: 'a digest of another file',
    script: changed('s/"sha256":"[0-9a-f]*"/"sha256":"0000000000000000000000000000000000000000000000000000000000000000"/'),
    ends: /a file with another content/,
  },
  { name: 'results-size', about: 'a size of another file', script: changed('s/"size":[0-9]*/"size":7/'), ends: /a file with another content/ },
  {
    name: 'results-other',
    about: 'judges a scan of another run',
    script: changed('s/"name":"scan-/"name":"scan-0/'),
    ends: /a file it was not given/,
  },
  {
    name: 'results-path',
    about: 'a name that leads out',
    script: changed('s/"name":"scan-/"name":"..\\/..\\/etc\\/scan-0/'),
    ends: /a file it was not given/,
  },
  { name: 'results-none', about: 'judges nothing', script: changed('s/"scans":.*/"scans":[]}/'), ends: /speaks of no scan/ },
  {
    name: 'results-unmeasured',
    about: 'usable, without anything measured',
    script: changed('s/"ambiguous"/"usable"/'),
    ends: /usable without anything measured/,
  },
  { name: 'results-unknown', about: 'unknown, and does not say why', script: changed('s/"ambiguous"/"unknown"/'), ends: /contradicts itself/ },
  {
    name: 'results-twice',
    about: 'two verdicts under one key',
    script: changed('s/"verdict":"ambiguous"/"verdict":"ambiguous","verdict":"unusable"/'),
    ends: /names something twice/,
  },
  {
    name: 'results-twice-escaped',
    about: 'two verdicts under one key, one of them written otherwise',
    script: changed('s/"verdict":"ambiguous"/"verdict":"ambiguous","verdic\\\\u0074":"unusable"/'),
    ends: /names something twice/,
  },
  {
    name: 'results-proto',
    about: 'a key that would change every object',
    script: changed('s/"schema":"1.0"/"__proto__":{"verdict":"usable"},"constructor":{"prototype":{"x":1}},"schema":"1.0"/'),
    ends: 'contained',
  },
  { name: 'results-bom', about: 'a byte order mark', script: '(printf "\\357\\273\\277"; good) >/output/results.json', ends: unreadable },
  {
    name: 'results-utf16',
    about: 'in UTF-16',
    script: `(printf '\\377\\376'; good | sed 's/./&@/g' | tr @ '\\000') >/output/results.json`,
    ends: unreadable,
  },
  {
    name: 'results-latin1',
    about: 'bytes that are no text',
    script: `good | sed "s/PLAIN/$(printf '\\377\\376')/" >/output/results.json`,
    ends: unreadable,
  },
  { name: 'results-two', about: 'two documents', script: '(good; good) >/output/results.json', ends: unreadable },
  { name: 'results-cut', about: 'broken off', script: 'good | head -c 100 >/output/results.json', ends: unreadable },
  { name: 'results-folder', about: 'results.json is a folder', script: 'mkdir /output/results.json', ends: noResults },
  { name: 'results-elsewhere', about: 'results.json in a folder', script: 'mkdir /output/a; good >/output/a/results.json', ends: noResults },
  {
    name: 'results-long',
    about: 'texts longer than may be',
    script: `good | sed "s/PLAIN/$(head -c 5000 /dev/zero | tr '\\0' z)/" >/output/results.json`,
    ends: schema,
  },
  {
    name: 'results-many',
    about: 'ten thousand and one scans',
    script: `good | sed 's/.*"scans":\\[//; s/\\]}$//' >/tmp/one; (printf '{"schema":"1.0","pipeline":{"name":"hostile","version":"1.0","profile":"none"},"scans":['; i=0; while [ $i -lt 10000 ]; do printf '{},'; i=$((i + 1)); done; cat /tmp/one; printf ']}') >/output/results.json`,
    ends: schema,
  },
  {
    name: 'results-after-end',
    about: 'a process that goes on after its end, and changes the results',
    script: `good >/output/results.json; (trap "" HUP TERM; sleep 0.3; good | sed 's/ambiguous/unusable/' >/output/results.json; while :; do echo x >>/output/results.json; done) &
exit 0`,
    ends: 'contained',
  },
  {
    name: 'results-identity',
    about: 'looks for whose the scan is in its bytes and names, and tells it in every text it may',
    script: `found=$(cat $(find /input -type f) | tr -cd '[:print:]' | grep -o 'MARKERSEN[-0-9]*' | head -n 1); names=$(find /input | tr '\\n/' '  ')
echo "I read: $found $names"; echo "I read: $found $names" >&2
good | sed "s#PLAIN#seen: $found $names#" >/output/results.json`,
    ends: 'contained',
    forbidden: ['MARKERSEN', 'P0142', 'P-0142'],
  },
]
