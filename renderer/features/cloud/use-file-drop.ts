import { type RefObject, useEffect, useRef, useState } from 'react'

/**
 * A frame that takes dropped files for itself: give it `frame` and `data-takes-files`, by which the window's own drop zone leaves it alone.
 * `over`: files are held above it.
 */
export function useFileDrop(onFiles: (files: File[]) => void): { frame: RefObject<HTMLDivElement | null>; over: boolean } {
  const frame = useRef<HTMLDivElement>(null)
  const [over, setOver] = useState(false)
  // The newest hand for listeners that are set once.
  const latest = useRef(onFiles)
  latest.current = onFiles
  useEffect(() => {
    const listening = new AbortController()
    const { signal } = listening
    const drop = (event: DragEvent) => {
      setOver(false)
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length > 0) latest.current(files)
    }
    const leave = ({ relatedTarget }: DragEvent) => {
      if (!(relatedTarget instanceof Node && frame.current?.contains(relatedTarget))) setOver(false)
    }
    frame.current?.addEventListener('dragover', () => setOver(true), { signal })
    frame.current?.addEventListener('dragleave', leave, { signal })
    frame.current?.addEventListener('drop', drop, { signal })
    return () => listening.abort()
  }, [])
  return { frame, over }
}
