package remote

import (
	"testing"

	"ferry/manifest"
)

func TestTempsClaim(t *testing.T) {
	k := temporaries{server: &server{opts: Options{Owner: "us"}}}
	mine, other := "0123456789abcdef", "fedcba9876543210"
	see := func(mark string, size int64) place {
		at := place{"/d", k.newName(mark, false)}
		k.saw(at, manifest.Entry{Kind: manifest.File, Size: size})
		return at
	}
	see(other, 900)
	k.saw(place{"/d", manifest.TempName(manifest.NewTempMark(mine, "them"), false)}, manifest.Entry{Kind: manifest.File, Size: 900})
	at := see(mine, 100)
	if got, ok := k.claim(place{"/e", "f"}, mine); ok {
		t.Errorf("claimed %s from another directory", got)
	}
	if got, ok := k.claim(place{"/d", "f"}, mine); !ok || got != at {
		t.Errorf("claimed %s, want %s", got, at)
	}
	if got, ok := k.claim(place{"/d", "f"}, mine); ok {
		t.Errorf("claimed %s twice", got)
	}
	k.saw(at, manifest.Entry{Kind: manifest.File, Size: 100})
	k.begin(at)
	if got, ok := k.claim(place{"/d", "f"}, mine); ok {
		t.Errorf("claimed %s, which is being written", got)
	}
}
