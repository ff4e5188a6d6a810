/** A keyring for what a suite runs. */

/** A shell's command within `dbus-run-session`: an unlocked keyring of its own, thrown away afterwards. Suites that run the application use a real one. */
export const withKeyring = (command: string): string =>
  `export HOME=$(mktemp -d) XDG_DATA_HOME=; echo -n scanside | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; ${command}; code=$?; rm -rf "$HOME"; exit $code`
