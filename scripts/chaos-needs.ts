/** What the chaos suite needs of the machine. */
import type { Need } from './machine.ts'

export const chaosNeeds: Need[] = ['docker', 'dockerd', 'busybox', 'chromium', 'dbus', 'keyring']
