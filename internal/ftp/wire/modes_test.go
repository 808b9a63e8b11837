package wire

import "testing"

func TestShowModesBy(t *testing.T) {
	for facts, want := range map[string]string{
		"type*;perm*;size*;modify*;unique*;unix.mode;unix.uid;": "OPTS MLST type;perm;size;modify;unique;unix.mode;",
		"Type*;Size*;UNIX.mode; Modify*":                        "OPTS MLST Type;Size;UNIX.mode;Modify;",
		"modify*;type*;UNIX.mode*;":                             "",
		"Type*;Size*;Modify*;":                                  "",
		"":                                                      "",
	} {
		if got := ShowModesBy(facts); got != want {
			t.Errorf("%q: %q, want %q", facts, got, want)
		}
	}
}
