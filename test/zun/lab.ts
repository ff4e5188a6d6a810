/** Where the Zun suite's Keystone and Swift are: a real cloud, named as OpenStack's own clients are told (OS_CLIENT_CONFIG_FILE, OS_CLOUD). */
import { readFileSync } from 'node:fs'
import Docker from 'dockerode'
import { parse } from 'yaml'

export interface TestCloud {
  /** Ends in `/v3`. */
  authUrl: string
  user: string
  password: string
  userDomain: string
  project: string
  projectDomain: string
  region: string | null
}

/** @throws Error where the environment names no cloud with a password */
export function testCloud(): TestCloud {
  const { OS_CLIENT_CONFIG_FILE: path, OS_CLOUD: name } = process.env
  if (!path || !name) throw new Error('The Zun suite needs a cloud with Keystone and Swift: set OS_CLIENT_CONFIG_FILE and OS_CLOUD.')
  const { clouds } = parse(readFileSync(path, 'utf8')) as { clouds: Record<string, { auth: Record<string, string>; region_name?: string }> }
  const cloud = clouds[name]
  const auth = cloud?.auth ?? {}
  if (cloud === undefined || !auth.auth_url || !auth.username || !auth.password)
    throw new Error(`The cloud ${name} has no password in its clouds.yaml.`)
  return {
    authUrl: auth.auth_url.replace(/\/+$/, '').replace(/(\/v3)?$/, '/v3'),
    user: auth.username,
    password: auth.password,
    userDomain: auth.user_domain_name ?? auth.user_domain_id ?? 'default',
    project: auth.project_name ?? '',
    projectDomain: auth.project_domain_name ?? auth.project_domain_id ?? 'default',
    region: cloud.region_name ?? null,
  }
}

export const testDocker = (): Docker => new Docker({ socketPath: '/var/run/docker.sock' })
