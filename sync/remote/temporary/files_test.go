package temporary

import (
	"testing"

	"ferry/manifest"
	"ferry/sync/remote/names"
)

func TestClaim(t *testing.T) {
	k := Files{Owner: "us"}
	mine, other := "0123456789abcdef", "fedcba9876543210"
	see := func(mark string, size int64) names.Place {
		at := names.Place{Dir: "/d", Name: k.NewName(mark, false)}
		k.Saw(at, manifest.Entry{Kind: manifest.File, Size: size})
		return at
	}
	see(other, 900)
	k.Saw(names.Place{Dir: "/d", Name: manifest.TempName(manifest.NewTempMark(mine, "them"), false)}, manifest.Entry{Kind: manifest.File, Size: 900})
	at := see(mine, 100)
	if got, ok := k.Claim(names.Place{Dir: "/e", Name: "f"}, mine); ok {
		t.Errorf("claimed %s from another directory", got)
	}
	if got, ok := k.Claim(names.Place{Dir: "/d", Name: "f"}, mine); !ok || got != at {
		t.Errorf("claimed %s, want %s", got, at)
	}
	if got, ok := k.Claim(names.Place{Dir: "/d", Name: "f"}, mine); ok {
		t.Errorf("claimed %s twice", got)
	}
	k.Saw(at, manifest.Entry{Kind: manifest.File, Size: 100})
	k.Begin(at)
	if got, ok := k.Claim(names.Place{Dir: "/d", Name: "f"}, mine); ok {
		t.Errorf("claimed %s, which is being written", got)
	}
}

// TestWhatIsLeft holds which temporaries are a reason to sweep: those of this side that nobody
// writes or keeps. Those of others only count once they have stood still, which nobody
// remembers here.
func TestWhatIsLeft(t *testing.T) {
	at := names.Place{Dir: "/d", Name: manifest.TempName(manifest.NewTempMark("0123456789abcdef", "us"), false)}
	others := names.Place{Dir: "/d", Name: manifest.TempName(manifest.NewTempMark("0123456789abcdef", "them"), false)}
	entry := manifest.Entry{Kind: manifest.File, Size: 1}
	for _, tt := range []struct {
		why  string
		do   func(f *Files)
		want bool
	}{
		{"nothing was seen", func(*Files) {}, false},
		{"one was seen", func(f *Files) { f.Saw(at, entry) }, true},
		{"a directory has its name", func(f *Files) { f.Saw(at, manifest.Entry{Kind: manifest.Dir}) }, false},
		{"it is being written", func(f *Files) { f.Saw(at, entry); f.Begin(at) }, false},
		{"it took its place", func(f *Files) { f.Begin(at); f.End(at) }, false},
		{"it was left behind", func(f *Files) { f.Begin(at); f.Leave(at) }, true},
		{"it took its place and was left", func(f *Files) { f.Begin(at); f.End(at); f.Leave(at) }, false},
		{"it is kept", func(f *Files) { f.Begin(at); f.Keep(at, 1) }, false},
		{"its directory is listed again", func(f *Files) { f.Saw(at, entry); f.Forget("/d") }, false},
		{"another directory is listed again", func(f *Files) { f.Saw(at, entry); f.Forget("/e") }, true},
		{"others have one", func(f *Files) { f.Saw(others, entry) }, false},
	} {
		f := &Files{Owner: "us"}
		tt.do(f)
		if got := f.Leftovers(); got != tt.want {
			t.Errorf("%s: leftovers %v, want %v", tt.why, got, tt.want)
		}
	}
}
