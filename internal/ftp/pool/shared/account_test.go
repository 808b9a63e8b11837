package shared

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ferry/internal/ftpserver"
)

// A lease that is closed ends the waits of its own that have not reached the pool: for the one who tries
// whether the server is back, and for room for what takes long.
func TestCloseEndsEachWait(t *testing.T) {
	for name, busy := range map[string]func(a *account){
		"for a try":     func(a *account) { a.failing, a.probing = failing{err: errors.New("lost")}, true },
		"for long work": func(a *account) { a.long = 3 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				servers := New(false)
				open(t, servers, options(1))
				l := open(t, servers, options(1))
				busy(l.account)
				ctx, cancel := context.WithCancel(Long(t.Context()))
				defer cancel()
				waited := make(chan error, 1)
				go func() {
					_, err := l.Borrow(ctx)
					waited <- err
				}()
				synctest.Wait()
				l.Close()
				synctest.Wait()
				select {
				case err := <-waited:
					if !errors.Is(err, errClosed) {
						t.Errorf("it ends with %v", err)
					}
				default:
					t.Error("it waits on")
				}
			})
		})
	}
}

// Accounts that nobody has used for long are forgotten; what a refused login means for them is not, as long as it
// counts.
func TestUnusedAccountsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := New(false)
		stays := open(t, servers, options(1))
		for i := range 50 { // a profile that gets another password and another port each time
			o := options(2 + i%2)
			o.Password = password(fmt.Sprint("secret ", i))
			open(t, servers, o).Close()
		}
		time.Sleep(loginMost)
		open(t, servers, options(100)).Close()
		if n := len(servers.accounts); n != 52 {
			t.Errorf("%d accounts are known while their logins may be waited for, want 52", n)
		}
		time.Sleep(loginMost)
		open(t, servers, options(101)).Close()
		if n, hosts := len(servers.accounts), len(servers.hosts); n != 3 || hosts != 3 {
			t.Errorf("%d accounts on %d hosts are known, want 3 on 3", n, hosts)
		}
		if h := stays.account.gate.host; servers.hosts[h.address] != h || len(h.accounts) != 1 {
			t.Error("the host of an account in use is forgotten")
		}
	})
}

// Where a server does not let a session back to where it began, two pairs that take turns do not log in for each turn.
func TestChangeOfHandsWithoutWayHome(t *testing.T) {
	for _, refused := range []int{1, 2} { // each time: the way home, or also that to the root
		t.Run(fmt.Sprint(refused), func(t *testing.T) {
			server := serve(t, ftpserver.Options{})
			servers := New(false)
			o := options(server.Port())
			o.Connections = 1
			leases := []*Lease{open(t, servers, o), open(t, servers, o)}
			for range 4 {
				for i, dir := range []string{"/a", "/b"} {
					s, err := leases[i].Borrow(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if r, err := s.Command(t.Context(), "CWD "+dir); err != nil || !r.OK() {
						t.Fatalf("%v, %v", r, err)
					}
					server.Faults().Add(ftpserver.Fault{Command: "CWD", Times: refused, Refuse: "550 no"})
					leases[i].Return(s)
				}
			}
			if n := strings.Count(strings.Join(server.Transcript(), "\n"), "> USER"); n != 1 {
				t.Errorf("%d logins, want 1", n)
			}
		})
	}
}
