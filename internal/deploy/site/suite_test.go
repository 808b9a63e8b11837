package site

import (
	"crypto/tls"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// TestEmbedded holds the embedded server, also in the dialects of poorer ones, to what every
// server of a site must do.
func TestEmbedded(t *testing.T) {
	for name, o := range map[string]ftpserver.Options{
		"plain":    {},
		"no MLSD":  {NoMLSD: true},
		"no stat":  {NoMLSD: true, NoSIZE: true, NoMDTM: true},
		"explicit": {TLS: ftpserver.Explicit},
	} {
		for _, way := range []struct {
			name   string
			change func(*Options)
		}{
			{"as it is", func(*Options) {}},
			{"one session", func(o *Options) { o.Connections = 1 }},
			{"one command at a time", func(o *Options) { o.Pipeline = ftp.PipelineOff }},
			{"work outside", func(o *Options) { o.Work = "../work of " + o.Path }},
		} {
			if way.name != "as it is" && name != "plain" && name != "no stat" {
				continue
			}
			t.Run(name+"/"+way.name, func(t *testing.T) {
				o.Root = t.TempDir()
				suite(t, embedded(t, o).Addr(), o.Root, func(client *Options) {
					if client.Insecure = true; o.TLS == ftpserver.Explicit {
						client.Security = ftp.Explicit
					}
					way.change(client)
				})
			})
		}
	}
}

// TestRealServers holds real servers to the same, in clear and under TLS.
func TestRealServers(t *testing.T) {
	for _, name := range realftp.Names() {
		for security, o := range map[string]realftp.Options{"clear": {}, "TLS": {TLS: realftp.Explicit}} {
			t.Run(name+"/"+security, func(t *testing.T) {
				server := realftp.Start(t, name, o)
				suite(t, server.Addr, server.Root, func(client *Options) {
					if o.TLS == realftp.Explicit {
						client.Security, client.Fingerprint = ftp.Explicit, server.Fingerprint
					}
					client.TLS = &tls.Config{}
				})
			})
		}
	}
}
