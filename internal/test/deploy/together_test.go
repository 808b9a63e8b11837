package deploy

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"
)

// TestTogether starts the deploys of runs 1, 2 and 3 in any order, nearly at once. The site is that
// of the last run in the end, whichever was first.
func TestTogether(t *testing.T) {
	servers := []string{embedded, "pureftpd"}
	if all {
		servers = append(servers, "proftpd", "vsftpd", "pyftpdlib")
	}
	times := 20 / every(4)
	for _, name := range servers {
		t.Run(name, func(t *testing.T) {
			server := start(t, name)
			server.own = func() {}
			for i := range times {
				t.Run(strconv.Itoa(i), func(t *testing.T) {
					t.Parallel()
					server.beside(t, fmt.Sprint("web", i)).together(t, 2+i%2)
				})
			}
		})
	}
}

func (s *site) together(t *testing.T, runs int) {
	files := func(run int) tree {
		files := tree{"index.html": fmt.Sprint("run ", run), fmt.Sprintf("only-%d.css", run): "style"}
		for i := range 10 {
			files[fmt.Sprintf("p/%d.html", i)] = fmt.Sprint("page of run ", run)
		}
		return files
	}
	s.put(files(0))
	codes := make([]outcome, runs+1)
	var running sync.WaitGroup
	for _, i := range rand.Perm(runs) {
		run := *s
		run.local = t.TempDir() + "/public"
		replace(t, run.local, files(i+1))
		running.Go(func() { codes[i+1] = run.deploy("--sequence", strconv.Itoa(i+1), "--allow-deletes") })
		time.Sleep(time.Duration(rand.N(30)) * time.Millisecond)
	}
	running.Wait()
	wantTree(t, "after all of them", s.disk, files(runs))
	for i, r := range codes[1:] {
		if r.code != 0 && (r.code != 9 || i+1 == runs) {
			t.Errorf("run %d: exit code %d\n%s", i+1, r.code, r.out)
		}
	}
}
