/** What is typed into the sign-in form. */
export interface Entry {
  address: string
  user: string
  password: string
  /** Empty: the archive's first provider. */
  provider: string
  alias: string
  secret: string
  remember: boolean
}

export const emptyEntry: Entry = { address: '', user: '', password: '', provider: '', alias: '', secret: '', remember: false }

const withPassword = ['address', 'user', 'password'] as const
const withToken = ['address', 'alias', 'secret'] as const

/** The first field that must be filled in before anything is sent; null where all are. A password of blanks is a password. */
export function missingField(entry: Entry, token: boolean): (typeof withPassword)[number] | (typeof withToken)[number] | null {
  const fields = token ? withToken : withPassword
  return fields.find((field) => (field === 'password' ? entry.password : entry[field].trim()) === '') ?? null
}
