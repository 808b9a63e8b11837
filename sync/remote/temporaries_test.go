package remote

import (
	"testing"

	"ferry/manifest"
)

func TestTempsClaim(t *testing.T) {
	k := temporaries{server: &server{opts: Options{Owner: "us"}}}
	mine, other := "0123456789abcdef", "fedcba9876543210"
	see := func(mark string, size int64) place {
		at := place{Dir: "/d", Name: k.newName(mark, false)}
		k.saw(at, manifest.Entry{Kind: manifest.File, Size: size})
		return at
	}
	see(other, 900)
	k.saw(place{Dir: "/d", Name: manifest.TempName(manifest.NewTempMark(mine, "them"), false)}, manifest.Entry{Kind: manifest.File, Size: 900})
	at := see(mine, 100)
	if got, ok := k.claim(place{Dir: "/e", Name: "f"}, mine); ok {
		t.Errorf("claimed %s from another directory", got)
	}
	if got, ok := k.claim(place{Dir: "/d", Name: "f"}, mine); !ok || got != at {
		t.Errorf("claimed %s, want %s", got, at)
	}
	if got, ok := k.claim(place{Dir: "/d", Name: "f"}, mine); ok {
		t.Errorf("claimed %s twice", got)
	}
	k.saw(at, manifest.Entry{Kind: manifest.File, Size: 100})
	k.begin(at)
	if got, ok := k.claim(place{Dir: "/d", Name: "f"}, mine); ok {
		t.Errorf("claimed %s, which is being written", got)
	}
}
