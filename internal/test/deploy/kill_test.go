package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A killing is a site with an old release live, of which a new one is deployed that changes 40
// files. Runs of that are killed.
type killing struct {
	*site
	proxy     *proxy
	direct    string // the address of the server
	old, next tree
	before    *snapshot
	keep      int
}

// sessions is the most connections of a deploy.
const sessions = 4

func newKilling(t *testing.T, server string, keep int) *killing {
	s := start(t, server)
	s.args = append(s.args, "--keep", strconv.Itoa(keep), "--allow-deletes", "--connections", strconv.Itoa(sessions))
	k := &killing{site: s, direct: s.addr, old: tree{}, next: tree{}, keep: keep}
	for i := range 30 {
		name := fmt.Sprintf("pages/%02d.html", i)
		k.old[name] = strings.Repeat(fmt.Sprintf("old page %d\n", i), 20+i)
		switch {
		case i < 14:
			k.next[name] = strings.Repeat(fmt.Sprintf("new page %d\n", i), 30+i)
		case i < 22:
			k.next[name] = k.old[name]
		}
	}
	for i := range 18 {
		k.next[fmt.Sprintf("new %d/deep/%02d.css", i%3, i)] = strings.Repeat(fmt.Sprintf("style %d\n", i), 100*i+1)
	}
	k.old["gone/dir/a.txt"] = "in a directory that goes"
	k.next["pages/large.bin"] = strings.Repeat("0123456789abcdef", 20_000)
	k.put(k.old)
	s.write("uploads/mine.txt", "somebody else's")
	k.old["uploads/mine.txt"], k.next["uploads/mine.txt"] = "somebody else's", "somebody else's"
	k.before = takeSnapshot(t, s.disk)
	local := k.next.with(tree{"uploads/mine.txt": ""})
	replace(t, s.local, local)
	k.proxy = newProxy(t, s.addr, s.scheme == "ftpes")
	return k
}

// commands returns how many commands a deploy is that nobody kills.
func (k *killing) commands() int {
	k.Helper()
	k.addr = k.proxy.addr
	k.proxy.arm(0, false, nil)
	r := k.deploy()
	n, _, _ := k.proxy.end()
	if r.code != 0 || r.Uploaded != 33 {
		k.Fatalf("a deploy that nobody kills: exit code %d, %d uploaded\n%s", r.code, r.Uploaded, r.out)
	}
	wantTree(k, "after a deploy that nobody kills", k.disk, k.next)
	return n
}

// TestKilled kills a deploy after each command, in turn, and lets another machine go on.
func TestKilled(t *testing.T) {
	servers := []string{"proftpd", "vsftpd", "pureftpd+tls"}
	if all {
		servers = append(servers, "pureftpd", "pyftpdlib", "proftpd+tls", "vsftpd+tls", "pyftpdlib+tls")
	}
	for _, server := range servers {
		for i, keep := range []int{0, 2} {
			t.Run(fmt.Sprintf("%s/keep %d", server, keep), func(t *testing.T) {
				t.Parallel()
				k := newKilling(t, server, keep)
				n := k.commands()
				step := every(96) // two settings of each server and three days make it every sixteenth
				killed := 0
				for at := 1 + i*step/2 + today(step/2); at < n && !t.Failed(); at += step {
					if k.kill(at) {
						killed++
					}
				}
				t.Logf("killed %d times in %d commands", killed, n)
				if killed == 0 {
					t.Error("nothing was killed")
				}
			})
		}
	}
}

// kill kills a deploy after a number of commands, and checks what another machine makes of it.
func (k *killing) kill(at int) bool {
	k.Helper()
	k.before.restore(k, k.own)
	k.addr = k.proxy.addr
	p := k.process("deploy", k.local, k.url())
	k.proxy.arm(at, false, func() {
		p.signal(os.Kill)
		k.proxy.kill()
	})
	p.start(k)
	r := p.outcome(k)
	_, struck, last := k.proxy.end()
	if !struck {
		return false
	}
	k.takenUp(fmt.Sprintf("killed after command %d, %q", at, last), r)
	return true
}

var stagedName = regexp.MustCompile(`^stage/s/\d+/\d+-[0-9a-f]{32}-\d+-`)

// takenUp checks what a run has left that was killed, and deploys from another machine.
func (k *killing) takenUp(what string, killed outcome) {
	k.Helper()
	k.addr = k.direct
	k.quiet()
	left := work(k, k.disk)
	past := slices.Contains(left, "stage/commit")
	site := read(k, k.disk)
	k.wantOldOrNew(what, site)
	live := k.isLive(site)
	if !past && !live {
		wantTree(k, what+": before the commit", k.disk, k.old)
	}
	named, stored := 0, 0
	for _, name := range left {
		if strings.HasPrefix(name, "stage/s/") {
			stored++
		}
		if stagedName.MatchString(name) {
			named++
		}
	}
	k.breakLock()
	r := k.deploy()
	if r.code != 0 {
		k.Errorf("%s: the next deploy ended with %d", what, r.code)
	}
	wantTree(k, what+": after the next deploy", k.disk, k.next)
	switch {
	case past || live:
		if r.Uploaded > 0 {
			k.Errorf("%s: it was past the point of no return, and %d files were sent again", what, r.Uploaded)
		}
	case r.Uploaded != 33-named || r.Uploaded > 33-stored+2*sessions: // each has one that is whole, and one half stored
		k.Errorf("%s: of 33 files %d were there, %d of them by their names, and %d were sent", what, stored, named, r.Uploaded)
	}
	again := k.deploy()
	if again.code != 0 || again.Changed || again.Uploaded > 0 {
		k.Errorf("%s: the deploy after it ended with %d, and %d files were sent\n%s", what, again.code, again.Uploaded, again.out)
	}
	for _, name := range work(k, k.disk) {
		if name != "state" && name != "state.old" && name != "lock" && !strings.HasPrefix(name, "d/") && !strings.HasPrefix(name, ".ht") {
			k.Errorf("%s: %s is left in the work directory", what, name)
		}
	}
	if k.Failed() {
		k.Logf("left in the work directory: %q\nthe run that was killed:\n%s\nthe next one:\n%s", left, killed.out, r.out)
	}
}

// isLive reports whether the new release is live, and its state in place.
func (k *killing) isLive(site tree) bool {
	old, err := os.ReadFile(k.state())
	if err != nil {
		return false
	}
	for _, f := range k.before.files {
		if f.name == k.state() {
			return string(old) != string(f.content)
		}
	}
	return true
}

// wantOldOrNew checks that each file is that of one of the releases.
func (k *killing) wantOldOrNew(what string, site tree) {
	k.Helper()
	for name, content := range site {
		if strings.HasSuffix(name, "/") && content == "" {
			continue // a directory is made, or emptied
		}
		if content != k.old[name] && content != k.next[name] {
			k.Errorf("%s: %s is %s", what, name, shorten(content))
		}
	}
	for name := range k.old {
		// With keep:, an old version is set aside right before the new one takes its place.
		if _, stays := k.next[name]; stays && site[name] == "" && k.keep == 0 {
			k.Errorf("%s: %s is missing", what, name)
		}
	}
}

// quiet waits until the server has closed the sessions of a run that was killed, for half a
// second at most: it may still carry out a command.
func (k *killing) quiet() {
	k.Helper()
	_, port, _ := strings.Cut(k.direct, ":")
	n, _ := strconv.Atoi(port)
	for end := time.Now().Add(500 * time.Millisecond); openTo(k, n) > 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
}

// openTo returns how many connections are open to a port of this machine.
func openTo(t interface{ Helper() }, port int) (open int) {
	table, _ := os.ReadFile("/proc/net/tcp")
	const established, closeWait = "01", "08"
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) > 3 && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) && (f[3] == established || f[3] == closeWait) {
			open++
		}
	}
	return open
}

// TestLockOfAKilledRun holds how long the next run waits for the lock of one that was killed: not at
// all on the same machine, and until it has stood still for 40 seconds on another one.
func TestLockOfAKilledRun(t *testing.T) {
	k := newKilling(t, "pureftpd", 0)
	n := k.commands()
	for _, same := range []bool{true, false} {
		if !same && !all {
			continue // it takes a minute
		}
		k.before.restore(t, k.own)
		k.addr = k.proxy.addr
		state := t.TempDir()
		p := k.processAt(state, "deploy", k.local, k.url())
		k.proxy.arm(n/2, false, func() {
			p.signal(os.Kill)
			k.proxy.kill()
		})
		p.start(t)
		p.outcome(t)
		if _, err := os.Stat(filepath.Join(k.disk, ".ferry/lock")); err != nil {
			t.Fatalf("there is no lock to wait for: %v", err)
		}
		k.proxy.arm(0, false, nil)
		if !same {
			state = t.TempDir()
		}
		began := time.Now()
		r := k.ferry(state, "deploy", k.local, k.url())
		took := time.Since(began)
		if r.code != 0 || same && took > 30*time.Second || !same && took < 35*time.Second {
			t.Errorf("the same machine: %v: exit code %d after %v\n%s", same, r.code, took, r.out)
		}
		wantTree(t, "after the next deploy", k.disk, k.next)
	}
}

// TestSignalled interrupts a deploy after commands all over it. It ends by itself: before the
// commit the old site is live, and a commit that has begun is finished.
func TestSignalled(t *testing.T) {
	k := newKilling(t, "proftpd", 0)
	n := k.commands()
	for i, at := 0, 3+today(every(72)); at < n && !t.Failed(); i, at = i+1, at+every(72) {
		k.before.restore(t, k.own)
		k.addr = k.proxy.addr
		p := k.process("deploy", k.local, k.url())
		sig := []syscall.Signal{syscall.SIGTERM, syscall.SIGINT}[i%2]
		k.proxy.arm(at, false, func() { p.signal(sig) })
		p.start(t)
		r := p.outcome(t)
		_, _, last := k.proxy.end()
		what := fmt.Sprintf("%v after command %d, %q", sig, at, last)
		k.addr = k.direct
		site := read(t, k.disk)
		if k.isLive(site) {
			wantTree(t, what, k.disk, k.next)
		} else {
			wantTree(t, what, k.disk, k.old)
		}
		if r.code != 130 && (r.code != 0 || !k.isLive(site)) {
			t.Errorf("%s: exit code %d\n%s", what, r.code, r.out)
		}
		if _, err := os.Stat(filepath.Join(k.disk, ".ferry/lock")); err == nil {
			t.Errorf("%s: the lock is left", what)
		}
		if r := k.deploy(); r.code != 0 {
			t.Errorf("%s: the next deploy ended with %d\n%s", what, r.code, r.out)
		}
		wantTree(t, what+": after the next deploy", k.disk, k.next)
	}
}

// TestCut cuts all connections once, after commands all over a deploy, or in the middle of one.
// The run goes on by itself, or the next one does.
func TestCut(t *testing.T) {
	servers := []string{"proftpd", "pyftpdlib"}
	if all {
		servers = append(servers, "vsftpd", "pureftpd", "pureftpd+tls")
	}
	for _, server := range servers {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			k := newKilling(t, server, 0)
			n := k.commands()
			succeeded, cuts := 0, 0
			for at := 2 + today(every(135)); at < n && !t.Failed(); at += every(135) {
				cuts++
				if k.cut(at) {
					succeeded++
				}
			}
			t.Logf("cut off %d times, of which the same run went on %d times", cuts, succeeded)
		})
	}
}

// cut cuts the connections of a deploy, and checks what comes of it. It reports whether the same
// run went on.
func (k *killing) cut(at int) bool {
	k.Helper()
	k.before.restore(k, k.own)
	k.addr = k.proxy.addr
	k.proxy.arm(at, at%4 != 0, nil)
	began := time.Now()
	r := k.deploy("--wait", "0")
	took := time.Since(began)
	_, _, last := k.proxy.end()
	what := fmt.Sprintf("cut after command %d, %q", at, last)
	k.addr = k.direct
	k.quiet()
	pending := slices.Contains(work(k, k.disk), "stage/commit")
	site := read(k, k.disk)
	switch {
	case r.code == 0:
		wantTree(k, what, k.disk, k.next)
	case pending:
		for name, content := range site { // one may stand under a part of its name
			if k.old[name]+k.next[name] != "" && content != k.old[name] && content != k.next[name] {
				k.Errorf("%s: %s is %s", what, name, shorten(content))
			}
		}
	case !k.isLive(site):
		wantTree(k, what+": before the commit", k.disk, k.old)
	}
	k.breakLock()
	next := k.deploy()
	if next.code != 0 {
		k.Errorf("%s: the next deploy ended with %d", what, next.code)
	}
	wantTree(k, what+": after the next deploy", k.disk, k.next)
	if took > 5*time.Second || r.code != 0 {
		k.Logf("%s: exit code %d after %v: %s", what, r.code, took.Round(time.Millisecond), r.errors())
	}
	if k.Failed() {
		k.Logf("the run that was cut off ended with %d:\n%s\nthe next one:\n%s", r.code, r.out, next.out)
	}
	return r.code == 0
}
