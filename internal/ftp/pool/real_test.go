package pool

import (
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/test/realftp"
)

func TestRealConnectionLimit(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			server := realftp.Start(t, name, realftp.Options{MaxConnections: 2})
			told := 0
			refused := make(chan struct{})
			p := New(ftp.Options{Host: server.Host, Port: server.Port, User: server.User, Password: func() (string, error) { return server.Password, nil },
				Fingerprint: server.Fingerprint, Timeout: 20 * time.Second, Connections: 8, Notice: func(string) { told++; close(refused) }})
			defer p.Close()
			together(t, p, 8, refused)
			if p.limit.n != 2 || told != 1 {
				t.Errorf("limit %+v, told %d times", p.limit, told)
			}
		})
	}
}
