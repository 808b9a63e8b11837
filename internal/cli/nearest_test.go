package cli

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"dry-run", "exclude", "max-delete", "json", "sync"}
	for in, want := range map[string]string{
		"dryrun": "dry-run", "exlude": "exclude", "max-deletes": "max-delete", "sinc": "sync",
		"frobnicate": "", "x": "", "": "",
	} {
		if got := nearest(in, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", in, got, want)
		}
	}
}
