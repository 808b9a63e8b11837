//go:build unix && !darwin

package keyring

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// missing says why there is no keyring, or "". Without the bus of a session there is none, and the library must not be
// asked: it would start a bus, which would stay.
func missing() string {
	switch address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); {
	case address != "" && !strings.HasPrefix(address, "autolaunch:"):
		return ""
	case hasBus(filepath.Join("/run/user", strconv.Itoa(os.Getuid()))):
		return ""
	}
	return "this session has no D-Bus (DBUS_SESSION_BUS_ADDRESS is not set), as in a cron job"
}

// hasBus reports whether the library finds the address of a bus in dir.
func hasBus(dir string) bool {
	return slices.ContainsFunc([]string{"bus", "dbus-session"}, func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	})
}
