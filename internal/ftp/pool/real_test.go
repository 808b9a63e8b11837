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
			told := make(chan string, 10)
			p := New(ftp.Options{Host: server.Host, Port: server.Port, User: server.User, Password: func() (string, error) { return server.Password, nil },
				Fingerprint: server.Fingerprint, Timeout: 20 * time.Second, Connections: 8, Notice: func(text string) { told <- text }})
			defer p.Close()
			together(t, p, 8)
			if p.limit > 2 || len(told) != 1 {
				t.Errorf("limit %d, told %d times", p.limit, len(told))
			}
		})
	}
}
