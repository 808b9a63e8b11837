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

// skipWithout skips a test whose server is not available, or fails it with FERRY_REQUIRE_SERVERS=1.
func skipWithout(t testing.TB, name string, why error) {
	t.Helper()
	NotTested(t, fmt.Sprintf("NOT TESTED with %s: %v; `.ci/servers` fetches the servers, and they run as root", name, why))
}

// NotTested skips a test that lacks something of this machine, and has that said at the end, or fails it with
// FERRY_REQUIRE_SERVERS=1.
func NotTested(t testing.TB, text string) {
	t.Helper()
	if os.Getenv("FERRY_REQUIRE_SERVERS") == "1" {
		t.Fatal(text)
	}
	recordNotTested(t.Name() + ": " + text)
	t.Skip(text)
}

// recordNotTested records a skipped test for Main, and in the file that FERRY_NOT_TESTED names.
func recordNotTested(line string) {
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

// Main runs the tests of a package and prints at the end which ones were skipped for lack of a server. TestMain calls it
// and exits with its result.
func Main(m *testing.M) int {
	code := m.Run()
	notTested.mu.Lock()
	defer notTested.mu.Unlock()
	for _, line := range notTested.lines {
		fmt.Println(line)
	}
	return code
}

// Impossible skips a test that this machine cannot run, whatever is fetched, and has that said at the end.
func Impossible(t testing.TB, why string) {
	t.Helper()
	recordNotTested(t.Name() + ": NOT TESTED " + why)
	t.Skip(why)
}
