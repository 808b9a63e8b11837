package check

import (
	"os"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// TestModeZIsTried holds that a check says of MODE Z what the server does, not what FEAT says.
func TestModeZIsTried(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind ftpserver.Deflate
		want string
	}{
		{"none", ftpserver.NoDeflate, "not offered"},
		{"good", ftpserver.GoodDeflate, "works"},
		{"only said", ftpserver.OnlySaid, "offered, and does not work"},
		{"raw", ftpserver.RawDeflate, "offered, and does not work"},
		{"bad checksum", ftpserver.BadChecksum, "works for uploads only"},
		{"other content", ftpserver.OtherContent, "works for uploads only"},
		{"dropped uploads", ftpserver.DroppedUploads, "works for downloads only"},
		{"refused", ftpserver.RefusedByMode, "offered, and does not work"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, err := ftpserver.Start(ftpserver.Options{Root: t.TempDir(), Deflate: tt.kind})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			o := ftp.Options{Host: "127.0.0.1", Port: server.Port(), User: "ferry", Password: func() (string, error) { return "secret", nil }}
			r, err := Run(t.Context(), o, loginDirectory())
			if err != nil || r.ModeZ != tt.want {
				t.Errorf("got %q, %v; want %q", r.ModeZ, err, tt.want)
			}
		})
	}
}

func TestModeZOfRealServers(t *testing.T) {
	for name, want := range map[string]string{"proftpd": "works for downloads only", "vsftpd": "not offered"} {
		t.Run(name, func(t *testing.T) {
			server := realftp.Start(t, name, realftp.Options{Deflate: name == "proftpd"})
			o := ftp.Options{Host: server.Host, Port: server.Port, User: server.User, Password: func() (string, error) { return server.Password, nil }}
			r, err := Run(t.Context(), o, loginDirectory())
			if err != nil || r.ModeZ != want {
				t.Errorf("got %q, %v; want %q", r.ModeZ, err, want)
			}
			if left, err := os.ReadDir(server.Root); err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
		})
	}
}
