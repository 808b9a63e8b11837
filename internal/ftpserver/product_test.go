package ftpserver

import (
	"strings"
	"testing"
)

// TestProducts checks that each product greets, names its system and its features, and words its replies as its row says.
func TestProducts(t *testing.T) {
	for _, p := range Products() {
		t.Run(p.Name, func(t *testing.T) {
			o := p.Options
			o.Root, o.FoldCase = testRoot(t), false
			r := login(t, start(t, o))
			if got := r.command(215, "SYST"); !strings.HasSuffix(o.System, got) {
				t.Errorf("SYST: %q, want %q", got, o.System)
			}
			if got := r.command(211, "FEAT"); !strings.Contains(o.Features, strings.Split(got, "\n")[1]) {
				t.Errorf("FEAT: %q, want %q", got, o.Features)
			}
			if got := r.command(250, "CWD /"); !strings.HasSuffix(o.Texts["CWD 250"], got) {
				t.Errorf("CWD: %q, want %q", got, o.Texts["CWD 250"])
			}
			if o.NoMLSD {
				r.command(500, "MLSD")
			}
		})
	}
}
