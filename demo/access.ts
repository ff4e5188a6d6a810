/** Who may read, edit and delete what. Owners everything, members all but deleting, collaborators only reading. */
import type { User } from './auth.ts'
import { forbidden, notFound } from './http.ts'
import type { Lab, Project, Share } from './model.ts'

/** Data inside the project may be read. */
export function canRead(user: User, project: Project): boolean {
  return user.admin || project.access === 'public' || project.roles.has(user.login)
}

/** The project itself is visible: a protected one shows its description to everybody and its data to nobody else. */
export function canSee(user: User, project: Project): boolean {
  return canRead(user, project) || project.access === 'protected'
}

export function canEdit(user: User, project: Project): boolean {
  const role = project.roles.get(user.login)
  return user.admin || role === 'owner' || role === 'member'
}

export function canDelete(user: User, project: Project): boolean {
  return user.admin || project.roles.get(user.login) === 'owner'
}

export function requireEdit(user: User, project: Project): void {
  if (!canEdit(user, project)) throw forbidden()
}

export function requireDelete(user: User, project: Project): void {
  if (!canDelete(user, project)) throw forbidden('User account has no permission to delete this item.')
}

/** Whether any project that holds the object, its own or one it is shared into, may be read. */
export function canReadShared(lab: Lab, user: User, object: { project: string; shares: Share[] }): boolean {
  return [object.project, ...object.shares.map((share) => share.project)].some((id) => {
    const project = lab.projects.get(id)
    return project !== undefined && canRead(user, project)
  })
}

export function projectOf(lab: Lab, id: string): Project {
  const project = lab.projects.get(id)
  if (!project) throw notFound('Project')
  return project
}
