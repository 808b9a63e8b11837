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
	}{
		{"as it is", ftpserver.Options{}, func(*Options) {}},
		{"no MLSD", ftpserver.Options{NoMLSD: true}, func(*Options) {}},
		{"no question about one name", ftpserver.Options{NoMLSD: true, NoSIZE: true, NoMDTM: true}, func(*Options) {}},
		{"TLS", ftpserver.Options{TLS: ftpserver.Explicit}, func(o *Options) { o.Security, o.Insecure = ftp.Explicit, true }},
		{"one session", ftpserver.Options{}, func(o *Options) { o.Connections = 1 }},
		{"one command at a time", ftpserver.Options{}, func(o *Options) { o.Pipeline = ftp.PipelineOff }},
		{"nearly nothing", ftpserver.Options{NoMLSD: true, NoSIZE: true, NoMDTM: true}, func(o *Options) { o.Connections, o.Pipeline = 1, ftp.PipelineOff }},
		{"work outside", ftpserver.Options{}, func(o *Options) { o.Work = "../work of " + o.Path }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.server.Root = t.TempDir()
			suite(t, embedded(t, tt.server).Addr(), tt.server.Root, tt.change)
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
