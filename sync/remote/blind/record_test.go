package blind

import (
	"slices"
	"testing"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
	"ferry/sync"
)

// A memory is a record in memory.
type memory struct {
	manifesttest.Memory
	roots [2]string
}

func (m *memory) Flush() error                        { return nil }
func (m *memory) Roots() (local, remote string)       { return m.roots[0], m.roots[1] }
func (m *memory) Part() bool                          { return false }
func (m *memory) SetPart() error                      { return nil }
func (m *memory) SetRoots(local, remote string) error { m.roots = [2]string{local, remote}; return nil }

// TestRecord keeps apart what was seen and what was sent.
func TestRecord(t *testing.T) {
	file := manifest.Entry{Kind: manifest.File, Size: 3, ModTime: 7, ID: 1}
	there := manifest.Entry{Kind: manifest.File, Size: 3, ModTime: 9, ID: 2, Name: "Seen"}
	m := &memory{Memory: manifesttest.Memory{"seen": {Local: file, Remote: there, Sum: "s"}}, roots: [2]string{"l", "r"}}
	r := NewRecord(m)
	sent := manifest.Entry{Kind: manifest.File, Size: 3, Precision: manifest.NoTime, Name: "Seen"}
	if got, ok := r.At("seen"); !ok || got.Remote != sent || got.Local != file {
		t.Errorf("a blind pass sees %+v", got)
	}

	// A new stamp here leaves what was seen.
	touched := file
	touched.ModTime = 8
	if err := r.Set("seen", manifest.Pair{Local: touched, Remote: sent, Sum: "s"}); err != nil || m.Memory["seen"].Remote != there || m.Memory["seen"].Local != touched {
		t.Errorf("after a new stamp: %+v, %v", m.Memory["seen"], err)
	}

	// What is begun is unknown from then on. No file here is like it.
	if err := r.doubt([]sync.Step{{Op: sync.Put, Path: "seen", Expect: sent}, {Op: sync.Remove, Path: "gone", Expect: file}, {Op: sync.MkDir, Path: "dir"}, {Op: sync.RmDir, Path: "left"}}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []manifest.Path{"seen", "gone"} {
		got, _ := r.At(p)
		for _, now := range []manifest.Entry{file, touched, {Kind: manifest.File}} {
			if now.Size = 0; manifest.Unchanged(got.Local, now) || got.Sum != "" || m.Memory[p].Remote.Exists() {
				t.Errorf("%s may be taken for unchanged: %+v", p, m.Memory[p])
			}
		}
	}
	if got, _ := r.At("seen"); got.Remote.Name != "Seen" {
		t.Errorf("the server's spelling is lost: %+v", got)
	}

	// What was sent is no base for a pass that looks.
	if err := r.Set("seen", manifest.Pair{Local: touched, Remote: sent, Sum: "s"}); err != nil {
		t.Fatal(err)
	}
	m.Memory["both"] = manifest.Pair{Local: file, Remote: there}
	looks := SeenOnly(m)
	if _, ok := looks.At("seen"); ok || looks.Len() != 1 || looks.Files() != 1 {
		t.Errorf("a pass that looks has %d pairs", looks.Len())
	}
	for p := range looks.All() {
		if p != "both" {
			t.Errorf("a pass that looks has %s", p)
		}
	}
	var all []manifest.Path
	for p := range r.All() {
		all = append(all, p)
	}
	if want := []manifest.Path{"both", "dir", "gone", "seen"}; !slices.Equal(all, want) {
		t.Errorf("a blind pass has %v", all)
	}

	if err := r.SetRoots("new", ""); err != nil || m.roots != [2]string{"new", "r"} {
		t.Errorf("roots %v, %v", m.roots, err)
	}
}
