package config

import (
	"strings"
	"testing"
)

func TestSuggestOption(t *testing.T) {
	known := []string{"dry-run", "exclude", "max-delete", "json", "sync"}
	for in, want := range map[string]string{
		"dryrun": "dry-run", "exlude": "exclude", "max-deletes": "max-delete", "sinc": "sync",
		"frobnicate": "", "x": "", "": "",
	} {
		if got := Suggest(in, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	known := sortedKeys(keys)
	for word, want := range map[string]string{
		"tiemout": "timeout", "conections": "connections", "IGNORE": "ignore", "Max_Delete": "max-delete",
		"ac": "ca", "frobnicate": "", "": "", "x": "", strings.Repeat("a", 1000): "",
	} {
		if got := Suggest(word, known); got != want {
			t.Errorf("Suggest(%.20q) is %q, want %q", word, got, want)
		}
	}
}
