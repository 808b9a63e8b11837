package read

import (
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// TestSegmentsOnRealServers reads a file over four sessions, or over as many as the server
// allows.
func TestSegmentsOnRealServers(t *testing.T) {
	text := randomContent(segmented)
	for _, name := range realftp.Names() {
		for kind, o := range map[string]realftp.Options{"plain": {}, "TLS": {TLS: realftp.Explicit}, "two sessions": {MaxConnections: 2}} {
			t.Run(name+", "+kind, func(t *testing.T) {
				server := realftp.Start(t, name, o)
				server.WriteFile(t, "f", text)
				h := newFixture(t, ftpserver.Options{}, func(f *ftp.Options) {
					f.Host, f.Port, f.User = server.Host, server.Port, server.User
					f.Password = func() (string, error) { return server.Password, nil }
					f.Connections, f.Segments, f.BytesDown, f.Fingerprint = 4, 4, 5<<20, server.Fingerprint
					if o.TLS != realftp.Plain {
						f.Security = ftp.Explicit
					}
				})
				got := h.receive(t.Context(), h.wanted("f"))
				if got.err != nil || got.content != text || got.segments == 0 || got.unproven {
					t.Errorf("%d bytes came of %d in %d segments: %v", len(got.content), len(text), got.segments, got.err)
				}
			})
		}
	}
}
