package realftp

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Tool returns the path of a program that .ci/servers has unpacked under a name, or that is installed, and the value of
// LD_LIBRARY_PATH that it needs. file is its path below the root. It skips the test without it, and says so as for a server.
func Tool(t testing.TB, name, file string) (path, libraries string) {
	t.Helper()
	cache, err := cacheDir()
	if err != nil {
		skipWithout(t, name, err)
	}
	unpacked := program{root: filepath.Join(cache, name)}
	if path := unpacked.installedPath(file); isThere(path) {
		return path, unpacked.libraries()
	}
	if path := filepath.Join("/", file); isThere(path) {
		return path, ""
	}
	skipWithout(t, name, fmt.Errorf("it is not in %s and not installed", cache))
	return "", ""
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
