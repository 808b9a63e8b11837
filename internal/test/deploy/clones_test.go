package deploy

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// A history makes random commits of a site.
type history struct {
	random *rand.Rand
	files  tree
	number int
}

var oddNames = []string{"ä ö.html", "a  b.html", "#1.html", "it's.html", `quote".html`, "[x].html", "{y}.html", "100%.html", "-rf.html", "日本.html", "semi;colon.html", "$(id).html", "a&b.html", "~tilde.html", "under_score.html", "star*.html"}

// commit makes the next commit and returns its files.
func (h *history) commit() tree {
	h.number++
	h.files = maps.Clone(h.files)
	names := slices.Sorted(maps.Keys(h.files))
	for range 1 + h.random.IntN(6) {
		switch name := names[h.random.IntN(len(names))]; h.random.IntN(6) {
		case 0:
			delete(h.files, name)
		case 1: // the same size
			h.files[name] = fmt.Sprintf("%08d", h.random.IntN(1e8))
		case 2:
			h.files[name] = fmt.Sprint("commit ", h.number, " of ", name)
		case 3: // a rename
			if content, is := h.files[name]; is {
				delete(h.files, name)
				h.files[fmt.Sprintf("moved/%d/%s", h.number, oddNames[h.random.IntN(len(oddNames))])] = content
			}
		case 4:
			h.files[fmt.Sprintf("new/%d/%s", h.random.IntN(3), oddNames[h.random.IntN(len(oddNames))])] = fmt.Sprint("new in ", h.number)
		case 5: // a whole directory
			for i := range 3 {
				h.files[fmt.Sprintf("dir%d/sub/%d.css", h.number, i)] = fmt.Sprint("style ", h.number, i)
			}
		}
	}
	h.files["index.html"] = fmt.Sprint("start ", h.number)
	return h.files
}

// TestFreshClones deploys random commits, each from a new path with an empty state directory.
func TestFreshClones(t *testing.T) {
	for _, name := range append([]string{embedded}, realftp.Names()...) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			files := tree{"index.html": "start"}
			for i := range 40 {
				files[fmt.Sprintf("p%d/index.html", i)] = fmt.Sprintf("%08d", i)
			}
			for _, name := range oddNames {
				files["odd/"+name] = "the first " + name
			}
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			h := &history{random: rand.New(rand.NewPCG(seed, 1)), files: files}
			s.put(files)
			others := tree{"uploads/a.jpg": "theirs", "p1/comment.txt": "theirs too", ".env": "secret"}
			for name, content := range others {
				s.write(name, content)
			}
			for range 10 {
				clone := *s
				clone.local = t.TempDir() + "/clone"
				commit := h.commit()
				clone.put(commit, "--allow-deletes")
				wantTree(t, fmt.Sprint("commit ", h.number), s.disk, commit.with(others))
				if t.Failed() {
					break
				}
			}
		})
	}
}

// TestNothingIsDownloaded deploys from a fresh clone: nothing comes from the server but the state.
func TestNothingIsDownloaded(t *testing.T) {
	root := t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: root, User: realftp.User, Password: realftp.Password})
	must(t, err)
	t.Cleanup(func() { server.Close() })
	s := &site{TB: t, scheme: "ftp", addr: server.Addr(), name: "web", disk: root + "/web", local: t.TempDir() + "/clone", own: func() {}}
	files := tree{"index.html": "start", "a/b.html": "b", "a/c.html": "c"}
	s.put(files)
	for _, path := range []string{"/web/[!.]*", "/web/a/*"} {
		server.Faults().Add(ftpserver.Fault{Command: "RETR", Path: path, Refuse: "550 Nobody asks for this."})
	}
	files["a/b.html"] = "B"
	if r := s.put(files); r.Uploaded != 1 {
		t.Errorf("%d files were sent\n%s", r.Uploaded, r.out)
	}
	wantTree(t, "after it", s.disk, files)
}
