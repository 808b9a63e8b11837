package deploy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/internal/test/realftp"
	"ferry/sync/remote/lock"
)

// TestRoundTrips holds what a whole deploy may cost, from the connection to its end, on a
// machine that has seen the server before, and on one that has not.
//
// No lock is held long enough for a sign of life: those depend on how long a run takes, and their
// round trips are nobody's wait.
func TestRoundTrips(t *testing.T) {
	first := lock.FirstBeat
	t.Cleanup(func() { lock.FirstBeat = first })
	lock.FirstBeat = time.Hour
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			s := start(t, name)
			files := make(tree)
			for i := range 320 {
				files[fmt.Sprintf("page/%03d.html", i)] = fmt.Sprint("page ", i)
			}
			for i := range 20 {
				files[fmt.Sprintf("css/%02d.css", i)] = fmt.Sprint("style ", i)
			}
			s.put(files)
			turns := realftp.CountRoundTrips(t, s.addr)
			s.addr = turns.Addr
			state := t.TempDir()
			s.ferry(state, "deploy", s.local, s.url()) // this machine knows the server from now on
			round := 0
			change := func(dir string, n int) {
				round++
				for name := range files {
					if n > 0 && strings.HasPrefix(name, dir) {
						files[name] = fmt.Sprint("round ", round, " of ", name)
						n--
					}
				}
				replace(t, s.local, files)
			}
			for _, c := range []struct {
				what  string
				dir   string
				n     int
				most  int // round trips
				fresh int // the same for a machine that has not seen the server
			}{
				{"nothing changed", "", 0, 7, 12},
				{"one file", "css/", 1, 20, 24},
				// Each file takes three, and each of three more sessions at most three to log in.
				// What is asked about a file goes out with the next one. So 20 files in one
				// directory take more than the 32 that were the aim: EPSV, STOR and the end of each
				// upload are waited for.
				{"20 files in one directory", "css/", 20, 25 + 20*3 + 3*3, 29 + 20*3 + 3*3},
				{"300 files", "page/", 300, 300*31/10 + 40, 0},
			} {
				for _, fresh := range []bool{false, true} {
					if fresh && c.n > 20 {
						continue
					}
					change(c.dir, c.n)
					dir, most, what := state, c.most, c.what
					if fresh {
						dir, most, what = t.TempDir(), c.fresh, c.what+", from another machine"
					}
					turns.Take()
					r := s.ferry(dir, "deploy", s.local, s.url())
					n, said := turns.Take()
					if r.code != 0 || r.Uploaded != c.n {
						t.Fatalf("%s: exit code %d, %d uploaded\n%s", what, r.code, r.Uploaded, r.out)
					}
					t.Logf("%s: %d round trips", what, n)
					if n > most {
						t.Errorf("%s: %d round trips, want at most %d", what, n, most)
					}
					if n > most || testing.Verbose() && c.n <= 20 {
						t.Log(strings.Join(said, " | "))
					}
				}
			}
		})
	}
}
