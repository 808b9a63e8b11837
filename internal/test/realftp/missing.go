package realftp

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

var notTested struct {
	mu    sync.Mutex
	lines []string
}

// missing ends a test whose server cannot be had.
func missing(t testing.TB, name string, why error) {
	t.Helper()
	text := fmt.Sprintf("NOT TESTED with %s: %v; `.ci/servers` fetches the servers, and they run as root", name, why)
	if os.Getenv("FERRY_REQUIRE_SERVERS") == "1" {
		t.Fatal(text)
	}
	remember(t.Name() + ": " + text)
	t.Skip(text)
}

// remember keeps a test that did not happen for Main, and for the script that runs all packages.
func remember(line string) {
	notTested.mu.Lock()
	defer notTested.mu.Unlock()
	notTested.lines = append(notTested.lines, line)
	path := os.Getenv("FERRY_NOT_TESTED")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		fmt.Fprintln(os.Stderr, "realftp:", err)
		return
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}

// Main runs the tests of a package and says at the end which ones did not happen for want of a server. It is called from
// TestMain, and the result is the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	notTested.mu.Lock()
	defer notTested.mu.Unlock()
	for _, line := range notTested.lines {
		fmt.Println(line)
	}
	return code
}
