package sync_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/deploy/release"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
	"ferry/sync/remote"
)

// An equalPair is a local directory and one on a server, which hold the same files and were
// never in sync.
type equalPair struct {
	*testing.T
	local, root string
	server      *ftpserver.Server
	record      *memoryRecord
	events      []sync.Event
}

// The files of an equalPair: small ones, two large ones, and five directories.
const (
	smallEqual = 40
	allFiles   = smallEqual + 2
	allDirs    = 5
	largeEqual = 6 << 20 // bytes of the largest file
)

func newEqualPair(t *testing.T, features string) *equalPair {
	t.Helper()
	p := &equalPair{T: t, local: t.TempDir(), root: t.TempDir(), record: newMemoryRecord()}
	for i := range smallEqual {
		p.writeBoth(fmt.Sprintf("d%d/f%02d", i%4, i), fmt.Sprintf("content %d", i))
	}
	p.writeBoth("large/a", strings.Repeat("0123456789abcdef", 80<<10))
	p.writeBoth("large/b", strings.Repeat("fedcba9876543210", largeEqual/16))
	o := ftpserver.Options{Root: p.root, Hash: true}
	if features != "" {
		o.Features = "211-Features:\n MLST Type*;Size*;Modify*;\n REST STREAM\n UTF8\n " + features + "\n211 End"
	} else {
		o.Hash = false
	}
	var err error
	if p.server, err = ftpserver.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.server.Close() })
	return p
}

// longAgo is the time of all files, so that every later write shows.
var longAgo = time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)

func (p *equalPair) write(root, name, text string) {
	p.Helper()
	name = filepath.Join(root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644), os.Chtimes(name, longAgo, longAgo)); err != nil {
		p.Fatal(err)
	}
}

func (p *equalPair) writeBoth(name, text string) {
	p.write(p.local, name, text)
	p.write(p.root, name, text)
}

// pass makes a pass with a connection of its own.
func (p *equalPair) pass(ctx context.Context) (sync.Summary, error) {
	p.Helper()
	return p.with(ctx, (*sync.Engine).Sync)
}

// with makes a pass in its own way.
func (p *equalPair) with(ctx context.Context, pass func(*sync.Engine, context.Context) (sync.Summary, error)) (sync.Summary, error) {
	p.Helper()
	o := remote.Options{}
	o.Host, o.Port, o.User, o.Connections, o.Retries = "127.0.0.1", p.server.Port(), "ferry", 3, 2
	o.Password = func() (string, error) { return "secret", nil }
	o.Timeout, o.Backoff = 3*time.Second, func(int) time.Duration { return 0 }
	far, err := remote.Open(ctx, o)
	if err != nil {
		p.Fatal(err)
	}
	defer far.Close()
	near, err := local.Open(p.local, local.Options{NoSync: true})
	if err != nil {
		p.Fatal(err)
	}
	defer near.Close()
	p.events = nil
	options := sync.Options{Limits: sync.NewLimits(), Observer: func(ev sync.Event) { p.events = append(p.events, ev) }}
	return pass(sync.New(near, far, p.record, options), ctx)
}

// trees returns all that both sides hold, with times, but for ferry's own files.
func (p *equalPair) trees() map[string]string {
	p.Helper()
	all := make(map[string]string)
	for side, root := range map[string]string{"local": p.local, "remote": p.root} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				if err == nil && d.Name() == ".ferry" {
					return filepath.SkipDir
				}
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			text, err := os.ReadFile(name)
			short, _ := filepath.Rel(root, name)
			all[side+" "+short] = fmt.Sprint(info.ModTime(), len(text), string(text[:min(len(text), 30)]), string(text[max(0, len(text)-30):]))
			return err
		})
		if err != nil {
			p.Fatal(err)
		}
	}
	return all
}

// untouched fails the test unless both sides are as they were.
func (p *equalPair) untouched(was map[string]string) {
	p.Helper()
	if diff := cmp.Diff(was, p.trees()); diff != "" {
		p.Errorf("a side was changed (-was +is):\n%s", diff)
	}
}

// retrieved returns how many files were downloaded, but for what a deploy may have left.
func (p *equalPair) retrieved() (n int) {
	for _, line := range p.server.Transcript() {
		if strings.Contains(line, "> RETR ") && !strings.Contains(line, "/.ferry/state") {
			n++
		}
	}
	return n
}

// hashFeatures are servers with other commands for hashes, and one without.
var hashFeatures = []string{"", "HASH SHA-256*", "HASH SHA-1;MD5*", "XSHA512", "XMD5", "XCRC"}

// TestFirstPassOntoEqualTrees holds that equal files are found equal, that nothing is
// transferred for it but one file where the server tells hashes, and that the observer hears
// how far the comparison has come.
func TestFirstPassOntoEqualTrees(t *testing.T) {
	t.Parallel()
	for _, features := range hashFeatures {
		t.Run(features, func(t *testing.T) {
			p := newEqualPair(t, features)
			was := p.trees()
			sum, err := p.pass(t.Context())
			if err != nil || sum.Adopted != allFiles+allDirs || sum.Conflicts+sum.Problems+sum.Uploaded+sum.Downloaded > 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			p.untouched(was)
			wantRead, wantByHash := 1, allFiles
			if features == "" {
				wantRead, wantByHash = allFiles, 0
			}
			if got := p.retrieved(); got != wantRead || sum.ByHash != wantByHash {
				t.Errorf("%d files were downloaded, want %d; %d compared by hash, want %d", got, wantRead, sum.ByHash, wantByHash)
			}
			var last sync.Comparing
			times := 0
			for _, ev := range p.events {
				if ev, ok := ev.(sync.Comparing); ok {
					last = ev
					times++
				}
			}
			if last.Files != allFiles || last.FilesTotal != allFiles || last.Bytes != last.BytesTotal || times <= allFiles {
				t.Errorf("told %d times of the comparison, at last %+v", times, last)
			}
			if again, err := p.pass(t.Context()); err != nil || again.Adopted > 0 || p.retrieved() != wantRead {
				t.Errorf("the second pass: %+v, %v", again, err)
			}
		})
	}
}

// TestFirstPassFindsDifferences holds that files of equal size with other contents are
// conflicts, whatever tells it, and that both versions are kept. A large one that differs is
// not downloaded only to find that out.
func TestFirstPassFindsDifferences(t *testing.T) {
	t.Parallel()
	for _, features := range hashFeatures {
		t.Run(features, func(t *testing.T) {
			p := newEqualPair(t, features)
			large := strings.Repeat("fedcba9876543210", largeEqual/16)
			p.write(p.root, "d1/f01", "CONTENT 1")
			p.write(p.root, "large/b", "F"+large[1:])
			sum, err := p.pass(t.Context())
			if err != nil || sum.Adopted != smallEqual+allDirs || sum.Conflicts != 2 || sum.Problems+sum.Failed > 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			seen := ""
			for name, text := range p.trees() {
				if strings.HasPrefix(name, "local d1/f01") || strings.HasPrefix(name, "remote d1/f01") {
					seen += text
				}
			}
			if strings.Count(seen, "content 1") != 4 || strings.Count(seen, "CONTENT 1") != 4 { // each is shown twice on each side
				t.Errorf("not both versions are on both sides: %s", seen)
			}
			if most := int64(len(large)) + 4<<20; sum.BytesDown > most {
				t.Errorf("%d bytes were downloaded, want at most %d", sum.BytesDown, most)
			}
		})
	}
}

// TestFirstPassWithFaults holds that whatever breaks while contents are compared, nothing is
// changed, and nothing is taken for equal that was not compared whole.
func TestFirstPassWithFaults(t *testing.T) {
	t.Parallel()
	hash := regexp.MustCompile(`\b[0-9a-f]{8,}\b`)
	lie := func(reply string) string {
		return hash.ReplaceAllStringFunc(reply, func(sum string) string { return strings.Repeat("7", len(sum)) })
	}
	for _, features := range []string{"", "HASH SHA-256*", "XMD5"} {
		verb, _, _ := strings.Cut(features, " ")
		for _, tt := range []struct {
			name     string
			fault    ftpserver.Fault
			problems int // files that cannot be compared
			hashes   bool
		}{
			{"cut in a large file", ftpserver.Fault{Command: "RETR", Path: "/large/b", Data: ftpserver.CutAt(largeEqual / 2), Times: 1}, 0, false},
			{"cut in a small file", ftpserver.Fault{Command: "RETR", Path: "/d2/f02", Data: ftpserver.ResetAt(3), Times: 1}, 0, false},
			{"the control connection breaks", ftpserver.Fault{Command: "RETR", Path: "/large/a", Close: true, Times: 1}, 0, false},
			{"a file is refused", ftpserver.Fault{Command: "RETR", Path: "/large/a", Refuse: "550 no"}, 1, false},
			{"hashes are refused half-way", ftpserver.Fault{Command: verb, Skip: 10, Refuse: "550 no more"}, 0, true},
			{"hashes are wrong", ftpserver.Fault{Command: verb, Rewrite: lie}, 0, true},
			{"the connection breaks at a hash", ftpserver.Fault{Command: verb, Path: "/d2/f02", Lose: true}, 0, true},
			{"the server is silent at a hash", ftpserver.Fault{Command: verb, Path: "/d2/f02", Stall: true, Times: 1}, 0, true},
		} {
			if tt.hashes != (features != "") {
				continue
			}
			t.Run(tt.name+" "+features, func(t *testing.T) {
				p := newEqualPair(t, features)
				was := p.trees()
				armed := p.server.Faults().Add(tt.fault)
				sum, err := p.pass(t.Context())
				if err != nil || sum.Adopted != allFiles+allDirs-tt.problems || sum.Problems != tt.problems || sum.Conflicts > 0 {
					t.Errorf("%+v, %v", sum, err)
				}
				if armed.Fired() == 0 {
					t.Error("the fault never struck")
				}
				p.untouched(was)
			})
		}
	}
}

// TestFirstPassOntoChangingFiles holds that a file which changes while it is compared is left
// alone in this pass.
func TestFirstPassOntoChangingFiles(t *testing.T) {
	t.Parallel()
	for _, features := range hashFeatures {
		for _, name := range []string{"d1/f01", "large/b"} {
			t.Run(features+" "+name, func(t *testing.T) {
				p := newEqualPair(t, features)
				verb, _, _ := strings.Cut(features, " ")
				if verb == "" {
					verb = "RETR"
				}
				text, err := os.ReadFile(filepath.Join(p.root, name))
				if err != nil {
					t.Fatal(err)
				}
				var now map[string]string
				p.server.Faults().Add(ftpserver.Fault{Command: verb, Path: "/" + name, Times: 1, Hook: func() {
					// Nothing but the time shows that it was written.
					at := filepath.Join(p.root, name)
					_ = os.WriteFile(at, []byte("X"+string(text[1:])), 0o644)
					_ = os.Chtimes(at, longAgo.Add(time.Hour), longAgo.Add(time.Hour))
					now = p.trees()
				}})
				sum, err := p.pass(t.Context())
				if err != nil || sum.Adopted != allFiles+allDirs-1 || sum.Problems+sum.Conflicts != 1 {
					t.Errorf("%+v, %v", sum, err)
				}
				p.untouched(now)
				if _, recorded := p.record.At("d1/f01"); recorded == (name == "d1/f01") {
					t.Errorf("d1/f01 is recorded: %v", recorded)
				}
			})
		}
	}
}

// TestFirstPassCancelled holds that a pass which is cancelled while contents are compared has
// changed and recorded nothing.
func TestFirstPassCancelled(t *testing.T) {
	t.Parallel()
	for _, features := range hashFeatures {
		for after := range 3 {
			p := newEqualPair(t, features)
			was := p.trees()
			ctx, cancel := context.WithCancel(t.Context())
			verb, _, _ := strings.Cut(features, " ")
			if verb == "" {
				verb = "RETR"
			}
			p.server.Faults().Add(ftpserver.Fault{Command: verb, Skip: after * 15, Times: 1, Hook: cancel})
			sum, err := p.pass(ctx)
			cancel()
			if !errors.Is(err, context.Canceled) || sum.Adopted > 0 || p.record.Len() > 0 {
				t.Errorf("%q, cancelled after %d: %+v, %v, %d recorded", features, after*15, sum, err, p.record.Len())
			}
			p.untouched(was)
		}
	}
}

// deployed leaves the record of a deploy on the server, which may lie about all files.
func (p *equalPair) deployed(lies bool) {
	p.Helper()
	r := &release.Release{Number: 1, ID: "0123456789abcdef", Time: longAgo, By: "ferry test"}
	for name := range p.trees() {
		name, ok := strings.CutPrefix(name, "remote ")
		if !ok {
			continue
		}
		text, err := os.ReadFile(filepath.Join(p.root, name))
		if err != nil {
			p.Fatal(err)
		}
		f := release.File{Path: manifest.Path(name), Seen: manifest.Entry{Kind: manifest.File, Size: int64(len(text))}}
		f.Seen.SetTime(longAgo, manifest.Second)
		if lies {
			text = text[1:]
		}
		sum := sha256.Sum256(text)
		copy(f.Sum[:], sum[:])
		r.Files = append(r.Files, f)
	}
	slices.SortFunc(r.Files, func(a, b release.File) int { return a.Path.Compare(b.Path) })
	state, err := release.Encode(r, nil)
	if err != nil {
		p.Fatal(err)
	}
	p.write(p.root, ".ferry/state", string(state))
}

// TestFirstPassOntoADeployedTree holds that what a deploy recorded spares downloads, where it
// is true of samples, and that later passes compare the contents all the same.
func TestFirstPassOntoADeployedTree(t *testing.T) {
	t.Parallel()
	const samples = 3
	for _, tt := range []struct {
		name     string
		lies     bool // about all files
		features string
		read     int
	}{
		{"true", false, "", samples}, {"lies", true, "", allFiles + 1}, {"beside hashes", true, "XMD5", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newEqualPair(t, tt.features)
			p.deployed(tt.lies)
			was := p.trees()
			sum, err := p.pass(t.Context())
			if err != nil || sum.Adopted != allFiles+allDirs || sum.Conflicts > 0 || (sum.NotCompared > 0) != (tt.name == "true") {
				t.Fatalf("%+v, %v", sum, err)
			}
			read := p.retrieved()
			if read != tt.read && !(tt.lies && read > allFiles && read <= allFiles+samples) {
				t.Errorf("%d files were downloaded, want %d", read, tt.read)
			}
			if tt.name == "true" {
				// Nothing shows that this file was another one but the content, which is compared now.
				p.write(p.root, "d1/f01", "CONTENT 1")
				sum, err := p.pass(t.Context())
				if err != nil || sum.Conflicts != 1 || p.retrieved() < allFiles {
					t.Errorf("the second pass: %+v, %v, %d downloads", sum, err, p.retrieved())
				}
				kept := ""
				for name, text := range p.trees() {
					if strings.HasPrefix(name, "local d1/f01") {
						kept += text
					}
				}
				if !strings.Contains(kept, "content 1") || !strings.Contains(kept, "CONTENT 1") {
					t.Errorf("not both versions are kept: %s", kept)
				}
				before := p.retrieved()
				if sum, err := p.pass(t.Context()); err != nil || p.retrieved() != before {
					t.Errorf("the third pass: %+v, %v, %d downloads", sum, err, p.retrieved()-before)
				}
				return
			}
			p.untouched(was)
		})
	}
}

// TestClaimsAreProvenBeforeTheyCost holds that a content which only a deploy vouched for is
// compared before it is overwritten or removed, also in a pass over a part, and that one which
// is another stays.
func TestClaimsAreProvenBeforeTheyCost(t *testing.T) {
	t.Parallel()
	for _, partial := range []bool{false, true} {
		t.Run(fmt.Sprintf("partial=%v", partial), func(t *testing.T) {
			p := newEqualPair(t, "")
			for i := range 70 { // more than a full pass compares, and before the others
				p.writeBoth(fmt.Sprintf("a/f%02d", i), fmt.Sprintf("content %d", i))
			}
			p.deployed(false)
			if sum, err := p.pass(t.Context()); err != nil || sum.NotCompared == 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			p.write(p.root, "d1/f01", "CONTENT 1") // another one than was recorded, shown alike
			p.write(p.root, "d1/f05", "CONTENT 5")
			p.write(p.local, "d1/f01", "edited content")
			p.write(p.local, "d1/f09", "edited, and the other one is as recorded")
			for _, name := range []string{"d1/f05", "d1/f13"} {
				if err := os.Remove(filepath.Join(p.local, name)); err != nil {
					t.Fatal(err)
				}
			}
			sum, err := p.with(t.Context(), func(e *sync.Engine, ctx context.Context) (sync.Summary, error) {
				if !partial {
					return e.Sync(ctx)
				}
				return e.SyncPaths(ctx, sync.Scope{Local: []manifest.Path{"d1/f01", "d1/f05", "d1/f09", "d1/f13"}})
			})
			if err != nil || sum.Conflicts != 1 || sum.DeletedRemote != 1 || sum.BytesDown > 2000 {
				t.Errorf("%+v, %v", sum, err)
			}
			kept := fmt.Sprint(p.trees())
			for _, text := range []string{"CONTENT 1", "edited content", "CONTENT 5", "as recorded"} {
				if !strings.Contains(kept, text) {
					t.Errorf("%q is lost", text)
				}
			}
			if _, err := os.Stat(filepath.Join(p.root, "d1/f13")); err == nil {
				t.Error("what was as recorded is still there")
			}
		})
	}
}
