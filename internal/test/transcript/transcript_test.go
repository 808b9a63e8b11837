//go:build linux

package transcript

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// TestRealServers records the conversations with the real servers.
func TestRealServers(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			r := newRecorder(t, startReal(t, name))
			r.record("auto", life)
			r.record("passive", life, "--mode", "passive")
			r.record("active", life, "--mode", "active")
			r.record("one command at a time", life, "--mode", "passive", "--pipeline", "off")
			r.record("small files", small)
			r.record("small files, passive", small, "--mode", "passive")
			r.record("resumed by the next pass", nextPassResumes, "--mode", "passive")
			r.record("resumed by the same pass", samePassResumes, "--mode", "passive")
		})
	}
}

// TestDialects records the conversations with the embedded server, in all its dialects.
func TestDialects(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(dialects)) {
		t.Run(name, func(t *testing.T) {
			r := newRecorder(t, startEmbedded(t, name))
			r.record("auto", life)
		})
	}
}

// A recorder records cases with one server.
type recorder struct {
	t      *testing.T
	golden *golden
	server *server
	proxy  *proxy
}

func newRecorder(t *testing.T, s *server) *recorder {
	return &recorder{t, openGolden(t, s.name), s, newProxy(t, s.addr)}
}

// attempts is how often a case may be recorded until no pass in it held its lock for too long.
const attempts = 10

// record records a case in a subtest, and compares its sections.
func (r *recorder) record(name string, life func(p *pair), args ...string) {
	ran := false
	r.t.Run(name, func(t *testing.T) {
		ran = true
		for range attempts {
			p := newPair(t, r.server, r.proxy, args...)
			if life(p); p.tooSlow {
				continue
			}
			for _, s := range p.sections {
				r.golden.is(t, name+": "+s.title, s.text)
			}
			return
		}
		t.Fatalf("in each of %d recordings a pass held its lock for longer than %v", attempts, mostHeld)
	})
	r.golden.partial = r.golden.partial || !ran
}

// life takes a pair from its first push through edits and renamings on both sides.
func life(p *pair) {
	here, there := p.local, p.server.tree()
	p.put(here, before, "at first", "a.txt", "b.txt", "gone here.txt", "gone there.txt", "move.txt",
		"dir/c.txt", "dir/d.txt", "dir/in/e.txt", "old/f.txt", "old/in/g.txt")
	p.record("first push", "push")
	p.record("quiet push", "push")
	p.record("first sync after the push, quiet", "sync")
	p.record("quiet sync", "sync")

	p.put(here, after, "edited", "a.txt", "dir/in/e.txt")
	p.put(here, after, "new", "new here.txt", "fresh/n.txt")
	p.remove(here, "gone here.txt")
	p.put(there, after, "edited", "dir/c.txt")
	p.put(there, after, "new", "new there.txt", "dir/new/n.txt")
	p.remove(there, "gone there.txt")
	p.must(p.server.own())
	p.record("edits on both sides", "sync")
	p.emptyTrash()

	p.put(here, after, "pushed", "b.txt")
	p.record("push of one file", "push")
	p.emptyTrash()

	p.put(there, after, "pulled", "old/f.txt")
	p.must(p.server.own())
	p.record("pull of one file", "pull")
	p.emptyTrash()

	p.rename(here, "move.txt", "moved.txt")
	p.rename(here, "dir/d.txt", "dir/in/d.txt")
	p.rename(here, "old", "older")
	p.record("renames of two files and a directory", "sync")
	p.emptyTrash()

	p.rename(there, "moved.txt", "back.txt")
	p.rename(there, "older", "old")
	p.record("renames on the server", "sync")
	p.emptyTrash()
	p.record("quiet sync at the end", "sync")
}

// small carries small files each way: 20 with all that can be said of the order, and 200 over four connections by number.
func small(p *pair) {
	names := func(dir string, n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprintf("%s/%03d.txt", dir, i))
		}
		return all
	}
	p.put(p.local, before, "at first", names("up", 20)...)
	p.record("20 small files up", "push")
	p.put(p.server.tree(), before, "at first", names("down", 20)...)
	p.must(p.server.own())
	p.record("20 small files down", "sync")
}

// large is a file that the buffers of a connection cannot take in, and enough of it to go on with comes through before
// the connection is cut.
const (
	largeBytes = 8 << 20
	cutBytes   = 2 << 20
)

// nextPassResumes uploads a large file whose connections are cut once, in a pass that does not try again.
func nextPassResumes(p *pair) {
	p.put(p.local, before, "at first", "small.txt")
	p.run("push")
	p.write(p.local+"/large.bin", strings.Repeat("l", largeBytes), before)
	p.recordCut("upload that is cut", cutBytes, 3, "push", "--retries", "0")
	p.record("next pass", "push")
}

// samePassResumes uploads a large file whose connections are cut once, in a pass that tries again.
func samePassResumes(p *pair) {
	p.put(p.local, before, "at first", "small.txt")
	p.run("push")
	p.write(p.local+"/large.bin", strings.Repeat("l", largeBytes), before)
	p.recordCut("upload that is cut and tried again", cutBytes, 0, "push")
}
