package pool

import (
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
	"ferry/internal/test/realftp"
)

// TestRealConnectionLimit wants more sessions than a server allows: it gets those, and the next
// pool asks for no more.
func TestRealConnectionLimit(t *testing.T) {
	for _, name := range realftp.Names() {
		for _, most := range []int{2, 3} {
			t.Run(name, func(t *testing.T) {
				server := realftp.Start(t, name, realftp.Options{MaxConnections: most})
				o := ftp.Options{Host: server.Host, Port: server.Port, User: server.User, Password: func() (string, error) { return server.Password, nil },
					Fingerprint: server.Fingerprint, Timeout: 20 * time.Second, StateDir: t.TempDir()}
				told := 0
				refused := make(chan struct{})
				o.Notice = func(string) { told++; close(refused) }
				p := New(o)
				together(t, p, 8, refused)
				if p.limit.n != most || told != 1 {
					t.Errorf("limit %+v, told %d times", p.limit, told)
				}
				p.Close()
				o.Notice = func(text string) { t.Errorf("the limit is known: %s", text) }
				p = New(o)
				defer p.Close()
				if n := p.Size(sizing.SmallFiles); n != most {
					t.Errorf("work is divided into %d parts", n)
				}
				together(t, p, 8, refused)
			})
		}
	}
}
