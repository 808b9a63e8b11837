package e2e

import (
	"testing"

	"ferry/internal/test/realftp"
)

// TestPassOnOtherServers makes the passes of TestPassOnEveryServer once on each server that other tests do not run.
func TestPassOnOtherServers(t *testing.T) {
	for _, name := range realftp.Others() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newPair(t, name, realftp.Options{}).testAllPasses()
		})
	}
}
