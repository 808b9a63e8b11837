package cli

import (
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// plainDir holds the tool without the race detector; "" where the tests run without it. Scripts start the tool more
// than a thousand times, which takes several times as long with it. What stays and what runs on a terminal is started
// with it all the same: there goroutines meet.
var plainDir string

// buildPlain builds the tool without the race detector, if the tests run with it. The caller calls remove at the end.
func buildPlain() (remove func()) {
	info, _ := debug.ReadBuildInfo()
	race := false
	for _, s := range info.Settings {
		race = race || s.Key == "-race" && s.Value == "true"
	}
	if !race {
		return func() {}
	}
	dir, err := os.MkdirTemp("", "ferry-plain")
	if err != nil {
		log.Fatal(err)
	}
	plainDir = dir
	if out, err := exec.Command("go", "test", "-c", "-o", filepath.Join(dir, "ferry"), ".").CombinedOutput(); err != nil {
		log.Fatalf("building the tool: %v\n%s", err, out)
	}
	return func() { os.RemoveAll(dir) }
}

// plainFirst returns a PATH with the tool of buildPlain before any other.
func plainFirst(path string) string {
	if plainDir == "" {
		return path
	}
	return strings.Join([]string{plainDir, path}, string(filepath.ListSeparator))
}
