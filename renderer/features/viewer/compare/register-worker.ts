/** Lays one SLO over another away from the window's thread. One message in, one out. */
import { type Registration, register, type ScaledPicture } from '../../../../oct/quality/register.ts'

self.addEventListener('message', (event: MessageEvent<{ a: ScaledPicture; b: ScaledPicture }>) => {
  const found: Registration = register(event.data.a, event.data.b)
  self.postMessage(found)
})
