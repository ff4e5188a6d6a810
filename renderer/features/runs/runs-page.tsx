/** Queued, running and ended runs, and the one that is chosen. */
export function RunsPage() {
  return <section className="page" />
}
