package sensitive

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/deploy"
	"ferry/manifest"
)

func TestSecrets(t *testing.T) {
	var local []deploy.LocalFile
	for _, p := range []manifest.Path{
		".env", "a/.env.local", "id_rsa", "id_rsa.pub", "a/id_ed25519", "cert.pem", "key.pem",
		"dump.SQL", "x/.htpasswd", "y/.htpasswd", "environment", "index.html",
	} {
		local = append(local, deploy.LocalFile{Path: p})
	}
	slices.SortFunc(local, func(a, b deploy.LocalFile) int { return a.Path.Compare(b.Path) })
	head := func(p manifest.Path) []byte {
		if p == "key.pem" {
			return []byte("-----BEGIN RSA PRIVATE KEY-----\n")
		}
		return []byte("-----BEGIN CERTIFICATE-----\n")
	}
	mode := func(p manifest.Path) uint16 {
		if p == "y/.htpasswd" {
			return 0o640
		}
		return 0
	}
	var got []manifest.Path
	for _, s := range Secrets(local, head, mode) {
		got = append(got, s.Path)
	}
	want := []manifest.Path{".env", "a/.env.local", "a/id_ed25519", "dump.SQL", "id_rsa", "key.pem", "x/.htpasswd"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLeftOut(t *testing.T) {
	for p, want := range map[string]bool{
		".github/workflows/x.yml": true, "a/node_modules/x": true, "index.php~": true, "ferry.yaml": true, ".editorconfig": true,
		".htaccess": false, ".well-known/x": false, "index.html": false,
	} {
		if got := LeftOut().Match(p, false); got != want {
			t.Errorf("%s: %v", p, got)
		}
	}
}
