package check

import (
	"os"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/test/realftp"
)

func TestRealCheck(t *testing.T) {
	want := map[string]struct{ list, times string }{
		"vsftpd": {"LIST -a", "MDTM"}, "proftpd": {"MLSD", "MFMT"}, "pureftpd": {"MLSD", "MFMT"}, "pyftpdlib": {"MLSD", "MFMT"},
	}
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			server := realftp.Start(t, name, realftp.Options{TLS: realftp.Explicit, MaxConnections: 3})
			o := ftp.Options{Host: server.Host, Port: server.Port, User: server.User, Password: func() (string, error) { return server.Password, nil },
				Security: ftp.Explicit, Fingerprint: server.Fingerprint, Timeout: 20 * time.Second}
			r, err := Run(t.Context(), o, loginDirectory())
			if err != nil {
				t.Fatal(err)
			}
			for _, trace := range r.Modes {
				if !trace.Works {
					t.Errorf("%s: %s", trace.Mode, trace.Why)
				}
			}
			if r.List != want[name].list || r.SetTime != want[name].times || r.Dotfiles != "shown" || r.Mode != "EPSV" {
				t.Errorf("got %+v", r)
			}
			if r.Clock == nil || r.Clock.Zone != 0 || r.Clock.Ahead.Abs() > time.Minute {
				t.Errorf("clock %+v", r.Clock)
			}
			if r.Connections != 3 || r.ConnectionsAsked != ftp.MostConnections {
				t.Errorf("%d connections of %d", r.Connections, r.ConnectionsAsked)
			}
			if r.TLS == nil || "sha256:"+server.Fingerprint != r.TLS.Fingerprint || r.TLS.Resumed == nil {
				t.Errorf("TLS %+v", r.TLS)
			}
			left, err := os.ReadDir(server.Root)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range left {
				if strings.Contains(one.Name(), "ferry") {
					t.Errorf("the temporary is left: %s", one.Name())
				}
			}
		})
	}
}
