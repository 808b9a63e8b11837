package config

import (
	"testing"

	"ferry/sync"
)

// TestBlind reads a profile for a drop box: renames and a trash there are out of the question.
func TestBlind(t *testing.T) {
	file, err := parse("profiles:\n  box: {local: x, remote: ftp://h/in, direction: push, blind: true}\n")
	if err != nil || len(file.Profiles) != 1 || !file.Profiles[0].Blind {
		t.Fatalf("%+v, %v", file, err)
	}
	if p := file.Profiles[0].Policy(); !p.NoMoves || p.Trash[sync.Remote] || p.Direction != sync.Push {
		t.Errorf("%+v", p)
	}
}
