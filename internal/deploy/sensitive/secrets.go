// Package sensitive knows the names of files that a deploy leaves out, or warns about, because
// hardly anybody wants them on a web server. It is pure.
package sensitive

import (
	"bytes"
	"path"
	"strings"

	"ferry/internal/deploy"
	"ferry/internal/gitignore"
	"ferry/manifest"
)

// leftOut are patterns of what nobody wants on a web server. An ignore file takes them in
// with "!".
const leftOut = `
.github
.gitlab
.gitea
.forgejo
.gitignore
.gitattributes
.gitmodules
.gitlab-ci.yml
.editorconfig
node_modules
.DS_Store
Thumbs.db
*~
*.swp
ferry.yaml
`

// LeftOut returns the rules of what a deploy leaves out by default. They come after those
// of [gitignore.Default] and before those of the user.
func LeftOut() *gitignore.Rules { return gitignore.Parse(leftOut) }

// A Secret is a file that should hardly be seen by everybody.
type Secret struct {
	Path manifest.Path
	Why  string
}

// secrets are the names that are looked for.
var secrets = []struct {
	pattern string // as in [path.Match], of the last component in lower case
	why     string
	but     string // names that match this are none
	content string // it has to stand near the beginning; "": any content counts
	moded   bool   // none where the profile sets a mode
}{
	{pattern: ".env*", why: "holds settings and passwords of a program"},
	{pattern: "id_rsa*", why: "is a private key", but: "*.pub"},
	{pattern: "id_dsa*", why: "is a private key", but: "*.pub"},
	{pattern: "id_ecdsa*", why: "is a private key", but: "*.pub"},
	{pattern: "id_ed25519*", why: "is a private key", but: "*.pub"},
	{pattern: "*.pem", why: "holds a private key", content: "PRIVATE KEY-----"},
	{pattern: "*.key", why: "holds a private key", content: "PRIVATE KEY-----"},
	{pattern: "*.sql", why: "is a copy of a database"},
	{pattern: ".htpasswd", why: "holds passwords, and modes: sets none for it", moded: true},
}

// Secrets returns the files that should hardly be deployed. head returns the beginning of a
// local file; mode the mode that the profile sets, and may be nil.
func Secrets(local []deploy.LocalFile, head func(manifest.Path) []byte, mode func(manifest.Path) uint16) []Secret {
	var found []Secret
	for i := range local {
		p := local[i].Path
		name := strings.ToLower(p.Base())
		for _, s := range secrets {
			if ok, _ := path.Match(s.pattern, name); !ok {
				continue
			}
			but, _ := path.Match(s.but, name)
			if but || s.moded && mode != nil && mode(p) != 0 || s.content != "" && !bytes.Contains(head(p), []byte(s.content)) {
				continue
			}
			found = append(found, Secret{Path: p, Why: s.why})
			break
		}
	}
	return found
}
