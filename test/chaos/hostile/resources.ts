/** Attacks on the machine: processes, memory, disk, log, time. */
import { type Attack, exitCode, noResults, refusedAll, tooLarge, tooMany } from './attack.ts'

export const resourceAttacks: Attack[] = [
  { name: 'fork-bomb', about: 'forks without end', script: 'b() { b | b & }; b; sleep 3; kill -9 $$', ends: exitCode },
  {
    name: 'fork-bomb-cancelled',
    about: 'forks without end until it is cancelled',
    script: 'trap "" TERM INT HUP; echo ready; f() { while :; do (sleep 60 &) ; done; }; f & f & while :; do sleep 1; done',
    cancelled: true,
    ends: exitCode,
  },
  {
    name: 'memory-bomb',
    about: 'takes memory without end',
    script: 'x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done',
    ends: /needed more memory|exit code/,
  },
  {
    name: 'memory-in-tmp',
    about: 'fills /tmp, which is memory',
    script: 'i=0; while head -c 8000000 /dev/zero >/tmp/$i; do i=$((i + 1)); done; exit 9',
    ends: /needed more memory|exit code/,
  },
  {
    name: 'busy',
    about: 'all CPU it can get, until it is cancelled',
    script: 'echo ready; for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait',
    cancelled: true,
    ends: exitCode,
  },
  {
    name: 'output-10-gb',
    about: '10 GB of output, a file of 100 MB after the other',
    script: 'i=0; while [ $i -lt 100 ]; do head -c 100000000 /dev/zero >/output/$i || exit 7; i=$((i + 1)); done; good >/output/results.json',
    ends: tooLarge,
  },
  {
    name: 'output-one-10-gb',
    about: '10 GB of output in one file',
    script: 'head -c 10000000000 /dev/zero >/output/results.json; exit $?',
    ends: tooLarge,
  },
  {
    name: 'output-sparse',
    about: 'a file of 1 TB that is not there',
    script: 'dd if=/dev/zero of=/output/results.json bs=1 count=1 seek=1000000000000; exit $?',
    ends: tooLarge,
  },
  {
    name: 'output-million',
    about: 'a million files',
    script: 'i=0; while [ $i -lt 1000000 ]; do : >/output/$i; i=$((i + 1)); done; good >/output/results.json',
    ends: tooMany,
  },
  {
    name: 'output-million-folders',
    about: 'folders without end',
    script: 'i=0; while [ $i -lt 1000000 ]; do mkdir -p $(for j in 0 1 2 3 4 5 6 7 8 9; do echo /output/$i$j; done); i=$((i + 1)); done',
    ends: tooMany,
  },
  {
    name: 'output-ten-thousand-deep',
    about: 'a folder some 10,000 deep, which no path reaches',
    script: `cd /output; p=a; while [ \${#p} -lt 1900 ]; do p=$p/a; done
mkdir -p $p; mv a top; n=0
while [ $n -lt 10 ]; do mkdir -p $p && mv top $p/b && mv a top || exit 5; n=$((n + 1)); done
good >/output/results.json`,
    ends: /folders more than \d+ deep|more than [\d,]+ f|could not hand out/,
  },
  {
    name: 'log-1-gb',
    about: '1 GB of log without the end of a line',
    script: 'head -c 1000000000 /dev/zero | tr "\\000" x; good >/output/results.json',
    ends: 'contained',
  },
  {
    name: 'log-lines',
    about: 'ten million empty lines of log, and as many of errors',
    script: 'yes "" | head -n 10000000; yes "" | head -n 10000000 >&2; good >/output/results.json',
    ends: 'contained',
  },
  {
    name: 'log-escapes',
    about: 'a log of control characters that move a cursor, hide text, and tell a false progress',
    script: `printf '\\033[2J\\033]0;owned\\007\\033[31mred\\b\\b\\b\\r\\0progress 99%%\\nprogress 1/0\\nprogress -5%%\\nprogress 1e999%%\\n\\377\\376\\200\\n'
good >/output/results.json`,
    ends: 'contained',
    forbidden: ['\u001b', '\u0007', '\b'],
  },
  {
    name: 'term-ignored',
    about: 'ignores SIGTERM and everything else it may, until it is cancelled',
    script: 'for s in 1 2 3 10 12 13 14 15; do trap "" $s; done; echo ready; while :; do sleep 1000; done',
    cancelled: true,
    ends: exitCode,
  },
  {
    name: 'stopped',
    about: 'stops all of its own processes, until it is cancelled',
    script: 'echo ready; sleep 0.2; kill -STOP -1; kill -STOP $$; while :; do sleep 1000; done',
    cancelled: true,
    ends: exitCode,
  },
  { name: 'no-results', about: 'ends well without results', script: 'exit 0', ends: noResults },
  { name: 'crash', about: 'dies by a signal', script: 'kill -SEGV $$', ends: exitCode },
  {
    name: 'crash-image',
    about: 'wants an image of its memory written',
    script: `[ "$(ulimit -c)" = 0 ] || echo "BROKEN core $(ulimit -c)"; ulimit -c unlimited 2>/dev/null && [ "$(ulimit -c)" = unlimited ] && echo "BROKEN core"; sh -c 'kill -SEGV $$'; [ -e /output/core ] && echo "BROKEN core"\n${refusedAll({})}`,
    ends: 'contained',
  },
  {
    name: 'full-input',
    about: 'fills what it is given',
    script: refusedAll({ input: 'head -c 1 /dev/zero >/input/x', append: 'f=$(find /input -type f | head -n 1); echo x >>$f' }),
    ends: 'contained',
  },
]
