//go:build linux

package transcript

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// A recording is a case, and the options of the program in it.
type recording struct {
	name string
	life func(*pair)
	args []string
}

// everything is what is recorded with each real server, and with the embedded one that has all its commands.
var everything = []recording{
	{"auto", life, nil}, // the same as with "--mode passive"
	{"active", life, []string{"--mode", "active"}},
	{"one command at a time", life, []string{"--mode", "passive", "--pipeline", "off"}},
	{"one way", oneWay, nil},
	{"two sides", twoSides, nil},
	{"small files", small, nil},
	{"small files, passive", smallDown, []string{"--mode", "passive"}},
	{"many files", many, nil},
	{"resumed by the next pass", nextPassResumes, []string{"--mode", "passive"}},
	{"resumed by the same pass", samePassResumes, []string{"--mode", "passive"}},
	{"commands", commands, nil},
}

// TestRealServers records the conversations with the real servers.
func TestRealServers(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) { record(t, startReal(t, name), everything) })
	}
}

// TestDialects records the conversations with the embedded server, in all its dialects. In short mode it records the
// first case of the one that has all commands.
func TestDialects(t *testing.T) {
	for _, d := range dialects {
		if d.name == "embedded" || !testing.Short() {
			t.Run(d.name, func(t *testing.T) { record(t, startEmbedded(t, d.name), d.recordings) })
		}
	}
}

// attempts is how often a case may be recorded until no pass in it held its lock for too long.
const attempts = 20

// chosen returns the recordings to make: all of them with -update or FERRY_TRANSCRIPT_ALL=1, the first and "many files"
// otherwise, and only the first in short mode.
func chosen(recordings []recording) []recording {
	if *update || os.Getenv("FERRY_TRANSCRIPT_ALL") == "1" {
		return recordings
	}
	some := recordings[:1:1]
	for _, r := range recordings[1:] {
		if r.name == "many files" && !testing.Short() {
			some = append(some, r)
		}
	}
	return some
}

// record makes the recordings, each in a subtest, and compares their sections with the golden file of the server.
func record(t *testing.T, s *server, recordings []recording) {
	g, p := openGolden(t, s.name), newProxy(t, s.addr)
	all := len(recordings)
	recordings = chosen(recordings)
	g.partial = len(recordings) < all
	for _, c := range recordings {
		ran := false
		t.Run(c.name, func(t *testing.T) {
			ran = true
			for _, section := range c.record(t, s, p) {
				g.is(t, c.name+": "+section.title, section.text)
			}
		})
		g.partial = g.partial || !ran
	}
}

// record makes the recording.
func (c recording) record(t *testing.T, s *server, proxy *proxy) []section {
	t.Helper()
	for range attempts {
		p := newPair(t, s, proxy, c.args...)
		if c.life(p); !p.tooSlow {
			return p.sections
		}
	}
	t.Fatalf("in each of %d recordings a pass held its lock for longer than %v", attempts, mostHeld)
	return nil
}

// life takes a pair from its first push through edits and renamings on both sides.
func life(p *pair) {
	here, there := p.local, p.server.tree()
	p.put(here, before, "at first", "a.txt", "b.txt", "gone here.txt", "gone there.txt", "move.txt",
		"dir/c.txt", "dir/d.txt", "dir/in/e.txt", "old/f.txt", "old/in/g.txt")
	p.record("first push", "push")
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

// oneWay makes passes that go one way: one that has nothing to do, and one with a file for each way.
func oneWay(p *pair) {
	p.put(p.local, before, "at first", "a.txt", "dir/b.txt", "dir/in/c.txt")
	p.run("sync")
	p.record("quiet push", "push")
	p.record("quiet pull", "pull")
	p.put(p.local, after, "pushed", "dir/b.txt")
	p.record("push of one file", "push")
	p.put(p.server.tree(), after, "pulled", "a.txt")
	p.must(p.server.own())
	p.record("pull of one file", "pull")
}

// paths are those of n files in a directory.
func paths(dir string, n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("%s/%03d.txt", dir, i))
	}
	return all
}

// fewFiles is enough for ferry to try the active mode for downloads.
const fewFiles = 12

// small carries small files each way.
func small(p *pair) {
	p.put(p.local, before, "at first", paths("up", fewFiles)...)
	p.record("12 small files up", "push")
	p.put(p.server.tree(), before, "at first", paths("down", fewFiles)...)
	p.must(p.server.own())
	p.record("12 small files down", "sync")
}

// smallDown carries small files from the server.
func smallDown(p *pair) {
	p.put(p.server.tree(), before, "at first", paths("down", fewFiles)...)
	p.must(p.server.own())
	p.record("12 small files down", "pull")
}

// many carries 200 small files each way over four connections. Which connection carries a file depends on the speed of
// the machine, so only the number of the commands about these files is recorded. A pass before them sees that the server
// renames: otherwise several connections might look for that at once.
func many(p *pair) {
	p.put(p.local, before, "at first", "first.txt")
	p.run("push")
	p.put(p.local, before, "at first", paths("up", 200)...)
	p.recordCount("200 small files up", "/tree/up/", "push", "--connections", "4")
	p.put(p.server.tree(), before, "at first", paths("down", 200)...)
	p.must(p.server.own())
	p.recordCount("200 small files down", "/tree/down/", "sync", "--connections", "4")
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
	p.write(p.local+"/large.bin", strings.Repeat("a line.\n", largeBytes/8), before)
	p.recordCut("upload that is cut", cutBytes, 3, "push", "--retries", "0")
	p.record("next pass", "push")
}

// samePassResumes uploads a large file whose connections are cut once, in a pass that tries again.
func samePassResumes(p *pair) {
	p.put(p.local, before, "at first", "small.txt")
	p.run("push")
	p.write(p.local+"/large.bin", strings.Repeat("a line.\n", largeBytes/8), before)
	p.recordCut("upload that is cut and tried again", cutBytes, 0, "push")
}

// twoSides is the first pass of two sides that hold something, with names that servers and listings have trouble with.
func twoSides(p *pair) {
	here, there := p.local, p.server.tree()
	p.put(here, before, "the same", "same.txt")
	p.put(there, before, "the same", "same.txt")
	p.put(here, before, "of the local side", "differs.txt", "here.txt", "-a/x.txt", "[ab].txt", ".hidden", "a b.txt", "ünï.txt")
	p.put(there, after, "of the server", "differs.txt", "there.txt", "dir/there too.txt")
	p.must(p.server.own())
	p.recordCut("first sync", 0, 5, "sync")
	p.record("quiet sync", "sync")
}

// commands are a pass without a trash, and those commands that are no pass.
func commands(p *pair) {
	here := p.local
	p.put(here, before, "at first", "a.txt", "b.txt", "dir/c.txt", "gone.txt", "gone too.txt")
	p.run("sync")
	p.put(here, after, "edited", "a.txt")
	p.remove(here, "gone.txt")
	p.run("sync", "--trash", "on")

	p.record("trash", "trash")
	p.record("trash restore", "trash restore gone.txt", "--side", "remote")
	p.record("trash empty", "trash empty", "--side", "remote", "--yes")
	p.put(here, after, "edited", "b.txt")
	p.remove(here, "gone too.txt")
	p.record("status", "status")
	p.record("edits without a trash", "sync", "--trash", "off")
	p.record("check", "check")
}
