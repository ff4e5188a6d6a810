import { Component, type ReactNode } from 'react'
import { asScansideError } from '../lab.ts'
import { Crash } from './crash.tsx'

/** Keeps a page's fault to the page: the rail and the status bar stay, runs go on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <Crash error={asScansideError(this.state.error)} onAgain={() => this.setState({ error: null })} />
  }
}
