/** What the stand-in refuses, with Zun's own status. */
export class Refused extends Error {
  readonly status: number
  readonly title: string
  constructor(status: number, title: string, detail: string) {
    super(detail)
    this.name = 'Refused'
    this.status = status
    this.title = title
  }
}
