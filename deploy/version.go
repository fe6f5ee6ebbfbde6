package deploy

import "strings"

// Version is the Dgraph that orbat pins, builds and is tested with.
const Version = "v25.4.0"

// VersionWarning returns what is wrong with using a server of this version, or "". Versions read "v25.4.0"; what a
// server built without a version calls itself is not warned about.
func VersionWarning(version string) string {
	if strings.HasPrefix(version, "v25.3.") {
		return "Dgraph " + version + " can show readers half a transaction (dgraph#9795); use " + Version + " or later"
	}
	return ""
}

// usable reports whether a binary found by chance, in PATH or beside orbat, is of the line orbat is tested with.
func usable(version string) bool { return strings.HasPrefix(version, "v25.") }
