package namecase

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ferry/manifest"
)

// Names that are equal but for case have one key and one hash; others have another key.
func TestFoldingKeys(t *testing.T) {
	for _, c := range []struct {
		one, other     string
		ascii, unicode bool
	}{
		{"read.txt", "READ.TXT", true, true},
		{"École", "école", false, true},
		{"straße", "STRASSE", false, false},
		{"ΣΑΣ", "σας", false, true},
		{"k", "\u212a", false, true}, // the sign for kelvin
		{"a\xe9", "a\xc9", false, false},
		{"a\xe9", "A\xe9", true, true},
		{"a\xff", "a\ufffd", false, false},
		{"a", "b", false, false},
		{"[", "{", false, false},
	} {
		for _, f := range []struct {
			folding Folding
			same    bool
		}{{FoldsASCII, c.ascii}, {FoldsCase, c.unicode}, {CannotTellCase, c.unicode}, {TellsCaseApart, false}, {NotAsked, false}} {
			if got := f.folding.Key(c.one) == f.folding.Key(c.other); got != f.same {
				t.Errorf("%q and %q are one name under %d: %v", c.one, c.other, f.folding, got)
			}
		}
		if c.unicode && manifest.FoldHash(c.one) != manifest.FoldHash(c.other) {
			t.Errorf("%q and %q have different hashes", c.one, c.other)
		}
	}
	for name, want := range map[string][2]string{
		"Read.txt": {"rEAD.TXT", "Read.txt"}, "éa": {"éA", "Éa"}, "1.2": {"1.2", "1.2"}, "ß": {"ß", "ß"},
	} {
		if got := [2]string{manifest.OtherCase(name, true), manifest.OtherCase(name, false)}; got != want {
			t.Errorf("%q in the other case: %q", name, got)
		}
	}
}

// The groups that are found while all paths pass by are those that a comparison of all
// of them finds.
func TestFinder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"a", "A", "b", "B-", "é", "É", "a.", "\xe9"})
		var b manifest.Builder
		for range rapid.IntRange(0, 25).Draw(t, "paths") {
			b.Add(manifest.Path(strings.Join(rapid.SliceOfN(part, 1, 3).Draw(t, "path"), "/")), manifest.Entry{Kind: manifest.Dir})
		}
		var paths []manifest.Path
		for p := range b.Tree().All() {
			paths = append(paths, p)
		}
		var c Finder
		for _, p := range paths {
			c.See(p)
		}
		c.End()
		got, want := c.Groups(slices.Values(paths)), Groups(slices.Values(paths), FoldsCase)
		if !slices.EqualFunc(got, want, slices.Equal[[]manifest.Path]) {
			t.Fatalf("found %q, want %q", got, want)
		}
	})
}
