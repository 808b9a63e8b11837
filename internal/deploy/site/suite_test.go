package site

import (
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// TestEmbedded holds the embedded server, also in the dialects of poorer ones, to what every
// server of a site must do.
func TestEmbedded(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server ftpserver.Options
		change func(*Options)
		only   []string
	}{
		{"as it is", ftpserver.Options{}, func(*Options) {}, nil},
		{"no MLSD", ftpserver.Options{NoMLSD: true}, func(*Options) {}, nil},
		{"no question about one name", ftpserver.Options{NoMLSD: true, NoSIZE: true, NoMDTM: true}, func(*Options) {}, nil},
		{"TLS", ftpserver.Options{TLS: ftpserver.Explicit}, func(o *Options) { o.Security, o.Insecure = ftp.Explicit, true }, []string{"begin", "read", "upload", "apply"}},
		{"one session", ftpserver.Options{}, func(o *Options) { o.Connections = 1 }, []string{"upload many", "apply refusals", "list all"}},
		{"one command at a time", ftpserver.Options{}, func(o *Options) { o.Pipeline = ftp.PipelineOff }, []string{"begin", "upload", "upload many", "look", "apply", "apply refusals"}},
		{"nearly nothing", ftpserver.Options{NoMLSD: true, NoSIZE: true, NoMDTM: true}, func(o *Options) { o.Connections, o.Pipeline = 1, ftp.PipelineOff }, nil},
		{"work outside", ftpserver.Options{}, func(o *Options) { o.Work = "../work of " + o.Path }, []string{"begin", "read", "upload", "look", "lock lost", "apply", "list all"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.server.Root = t.TempDir()
			suite(t, embedded(t, tt.server).Addr(), tt.server.Root, tt.change, tt.only...)
		})
	}
}

// TestRealServers holds real servers to the same in clear, and to what many commands at a
// time need under TLS.
func TestRealServers(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name+"/clear", func(t *testing.T) {
			t.Parallel()
			server := realftp.Start(t, name, realftp.Options{})
			suite(t, server.Addr, server.Root, func(*Options) {})
		})
		t.Run(name+"/TLS", func(t *testing.T) {
			t.Parallel()
			server := realftp.Start(t, name, realftp.Options{TLS: realftp.Explicit})
			suite(t, server.Addr, server.Root, func(o *Options) { o.Security, o.Fingerprint = ftp.Explicit, server.Fingerprint },
				"begin", "upload many", "look", "apply", "apply many")
		})
	}
}
