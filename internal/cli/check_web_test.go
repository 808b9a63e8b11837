package cli

import (
	"strings"
	"testing"

	"ferry/internal/config"
)

// Only a site that goes live file by file has its work directory where work: says.
func TestHideWork(t *testing.T) {
	for s, want := range map[config.DeploySwitch]bool{config.SwitchFiles: true, config.SwitchDirectory: false, config.SwitchPointer: false} {
		hint := hideWork(s, "location /.ferry")
		if strings.Contains(hint, "../.ferry-site") != want || !strings.Contains(hint, "location /.ferry") {
			t.Errorf("%s: %s", s, hint)
		}
	}
}
