package release

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

func wantSame(t testing.TB, want, got *Release) {
	empty := cmp.FilterValues(func(a, b any) bool { return fmt.Sprint(a) == "[]" && fmt.Sprint(b) == "[]" }, cmp.Ignore())
	if diff := cmp.Diff(want, got, empty); diff != "" {
		t.Fatalf("decoded otherwise (-encoded +decoded):\n%s", diff)
	}
}

// sample returns a release of n files as a first deploy leaves it.
func sample(n int) *Release {
	rnd := rand.New(rand.NewPCG(1, 2))
	r := &Release{
		Number: 42, ID: "0123456789abcdef", Time: time.Unix(1_764_400_000, 0).UTC(), Revision: "4f2a91c", Sequence: 1234,
		Source: "example/site", Root: "801.4000", By: "ferry 1.4", Held: 7, Back: 41,
		History: []Record{{Number: 41, Time: time.Unix(1_764_300_000, 5).UTC(), Revision: "a", Source: "b", Sequence: 3, By: "ferry 1.3", Put: 3, Deleted: 2, Drift: 1}},
	}
	for i := range n {
		var sum Sum
		for j := range sum {
			sum[j] = byte(rnd.Uint32())
		}
		p := manifest.Path(fmt.Sprintf("posts/s%02d/p%02d/index.html", i/40, i%40))
		seen := manifest.Entry{Kind: manifest.File, Size: rnd.Int64N(20000), Precision: manifest.Second, ModTime: (1_764_400_000 + int64(i/30)) * int64(time.Second)}
		r.Files = append(r.Files, File{Path: p, Sum: sum, Seen: seen, Mode: 0o644})
		r.Changes = append(r.Changes, Change{Path: p, From: fmt.Sprintf("stage/s/%d/%s", i/1000, StagedName(i, sum, seen)), Is: seen})
	}
	return r
}

// odd is a release with everything that can be in one.
func odd() *Release {
	r := sample(3)
	r.Files[0].Exec, r.Files[0].Mode = true, 0o755
	r.Files[1].Gone = time.Unix(1_764_400_000, 7).UTC()
	r.Files[2].Path = "é\t \\ \x01/caf\u00e9"
	r.Files[2].Seen = manifest.Entry{Kind: manifest.File, Size: 1 << 40, Precision: manifest.NoTime, ModTime: -12, Shown: 1_764_000_000, ShownPrecision: manifest.Minute, Name: "cafe\u0301"}
	r.Changes = []Change{
		{Kind: Put, Path: r.Files[2].Path, From: "stage/s/0/x", Aside: "stage/b/1", Was: r.Files[2].Seen, Is: r.Files[2].Seen, Mode: 0o600, Class: 3},
		{Kind: Remove, Path: "old file/x", Aside: "stage/drift/1", Was: manifest.Entry{Kind: manifest.Other, Name: "y"}, Drift: true, Class: 4},
		{Kind: Chmod, Path: r.Files[0].Path, Was: r.Files[0].Seen, Is: r.Files[0].Seen, Mode: 0o755, Class: 5},
		{Kind: Put, Path: r.Files[1].Path, Was: manifest.Entry{Name: "z"}, Class: 6},
	}
	return r
}

func TestFormatKeepsAll(t *testing.T) {
	for name, r := range map[string]*Release{"empty": {Time: time.Unix(0, 0).UTC()}, "first": sample(100), "odd": odd()} {
		for _, key := range [][]byte{nil, []byte("a key of sixteen")} {
			b, err := Encode(r, key)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got, err := Decode(b, key)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			wantSame(t, r, got)
			if key != nil && bytes.Contains(b, []byte("4f2a91c")) {
				t.Errorf("%s: the revision can be read", name)
			}
		}
	}
}

func TestFormatSize(t *testing.T) {
	b, err := Encode(sample(1500), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes for 1,500 files", len(b))
	if len(b) > 38_000 {
		t.Errorf("1,500 files take %d bytes", len(b))
	}
}

// Each byte flipped, and each cut, is damage, with a key and without.
func TestFormatDamage(t *testing.T) {
	for _, key := range [][]byte{nil, []byte("a key of sixteen")} {
		b, err := Encode(odd(), key)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			for _, bit := range []byte{1, 0x80} {
				bad := bytes.Clone(b)
				bad[i] ^= bit
				if r, err := Decode(bad, key); r != nil || !errors.Is(err, ErrDamaged) {
					t.Fatalf("byte %d flipped: %v, %v", i, r, err)
				}
			}
			if r, err := Decode(b[:i], key); r != nil || !errors.Is(err, ErrDamaged) {
				t.Fatalf("cut at %d: %v, %v", i, r, err)
			}
		}
	}
}

// sign puts a checksum behind b, as a program that means it does.
func sign(b string) []byte {
	sum := sha256.Sum256([]byte(b))
	return append([]byte(b), sum[:]...)
}

func TestFormatErrors(t *testing.T) {
	key, other := []byte("a key of sixteen"), []byte("another key 1234")
	encrypted, _ := Encode(odd(), key)
	plain, _ := Encode(odd(), nil)
	lines, _ := appendLines(nil, &Release{})
	for _, c := range []struct {
		name string
		b    []byte
		key  []byte
		want error
	}{
		{"a key is needed", encrypted, nil, ErrKeyNeeded},
		{"another key", encrypted, other, ErrWrongKey},
		{"not encrypted", plain, key, ErrNotEncrypted},
		{"nothing", nil, nil, ErrDamaged},
		{"another program's", sign("hello\nworld\n"), nil, ErrDamaged},
		{"no JSON", sign(plainLine + "x\n"), nil, ErrDamaged},
		{"no lines", sign(plainLine + `{"reader":1}` + "\n"), nil, ErrDamaged},
		{"a billion files", sign(plainLine + `{"reader":1,"files":1000000000}` + "\n" + string(lines)), nil, ErrDamaged},
		{"files that are not there", sign(plainLine + `{"reader":1,"files":1000}` + "\n" + string(lines)), nil, ErrDamaged},
		{"a negative number", sign(plainLine + `{"reader":1,"files":-1,"changes":1}` + "\n" + string(lines)), nil, ErrDamaged},
	} {
		if r, err := Decode(c.b, c.key); r != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, r, err, c.want)
		}
	}
	for text, by := range map[string]string{
		plainLine + `{"reader":2,"by":"ferry 9.1","time":[1]}` + "\nwhatever": "ferry 9.1",
		"ferry-deploy 2\nwhatever": "",
	} {
		_, err := Decode(sign(text), nil)
		var newer *NewerError
		if !errors.As(err, &newer) || newer.By != by || errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "update ferry") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What a valid record must not say: files outside of the site or twice, and names outside of
// the work directory.
func TestFormatNonsense(t *testing.T) {
	for name, spoil := range map[string]func(*Release){
		"outside":          func(r *Release) { r.Files[0].Path = "../x" },
		"root":             func(r *Release) { r.Files[0].Path = "" },
		"ferry's own":      func(r *Release) { r.Files[0].Path = ".ferry/state" },
		"twice":            func(r *Release) { r.Files[1].Path = r.Files[0].Path },
		"unsorted":         func(r *Release) { r.Files[0].Path = "z" },
		"a directory":      func(r *Release) { r.Files[0].Seen.Kind = manifest.Dir },
		"odd spelling":     func(r *Release) { r.Files[0].Seen.Name = "a/b" },
		"from elsewhere":   func(r *Release) { r.Changes[0].From = "../../etc/passwd" },
		"aside, elsewhere": func(r *Release) { r.Changes[0].Aside = "/tmp/x" },
		"line end":         func(r *Release) { r.Files[0].Path = "a\nb" },
	} {
		r := odd()
		spoil(r)
		b, err := Encode(r, nil)
		if err != nil {
			continue
		}
		if _, err := Decode(b, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, r := range []*Release{{}, sample(3), odd()} {
		b, err := Encode(r, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:len(b)-sha256.Size])
	}
	f.Add([]byte("ferry-deploy 3\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode(sign(string(b)), nil)
		if err != nil {
			return
		}
		again, err := Encode(r, nil)
		if err != nil {
			return // such as a year that JSON cannot hold
		}
		got, err := Decode(again, nil)
		if err != nil {
			t.Fatalf("%v\n%+v", err, r)
		}
		wantSame(t, r, got)
	})
}

// FuzzLines reads lines that nobody compressed, which the fuzzer cannot get at otherwise.
func FuzzLines(f *testing.F) {
	r := odd()
	for i := range r.Files {
		line, _ := appendFile(nil, &r.Files[i])
		f.Add(strings.TrimSuffix(string(line), "\n"))
	}
	for i := range r.Changes {
		line, _ := appendChange(nil, &r.Changes[i], r, nil, -1)
		f.Add(strings.TrimSuffix(string(line), "\n"))
	}
	f.Fuzz(func(t *testing.T, line string) {
		var file File
		if readFile(line, &file) {
			again, err := appendFile(nil, &file)
			var got File
			if err == nil && (!readFile(strings.TrimSuffix(string(again), "\n"), &got) || got != file) {
				t.Errorf("%q is %+v, and again %+v", line, file, got)
			}
		}
		var c Change
		last := -1
		if r := odd(); readChange(line, &c, r, &last) {
			if c.Path == manifest.Root || !isWorkName(c.From) || !isWorkName(c.Aside) {
				t.Errorf("%q is %+v", line, c)
			}
		}
	})
}
