/** What the application needs of the world around it. Electron and the loopback front each hand over their own. */
import type { DemoChild } from './demo-lab.ts'
import type { PictureOutlets } from './pictures.ts'

export interface Capabilities {
  front: 'electron' | 'browser'
  version: string
  /** This user's folder: owed.db, lab.db, encrypted caches. */
  dataFolder: string
  env: Record<string, string | undefined>
  /** Starts the demo lab's archive in a process of its own. */
  startDemo(): DemoChild
  copyText(text: string): Promise<void>
  /** Where a picture can go; null where the page itself copies and saves. */
  pictures: PictureOutlets | null
  /** The built worker that parses untrusted headers. */
  parseWorker: URL
  /** The built worker that judges scans; its decoders lie in `codecs/` beside it. */
  judgeWorker: URL
  /** The archive of the image this project ships (a docker-archive, gzip), made first where it is not there yet; null where it cannot be had. */
  shippedImage: ((signal: AbortSignal) => Promise<string>) | null
  /** The proxy for an address, `http://host:port`, or null for none. */
  proxyFor(url: string): Promise<string | null>
  /** Has screenshots and screen sharing show the window black, from now on and in windows opened later; null where the system cannot. */
  protectContent: ((on: boolean) => void) | null
  /** Unexpected errors, for developers and administrators. */
  log(where: string, error: unknown): void
}
