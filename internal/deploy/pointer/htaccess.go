package pointer

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"ferry/manifest"
)

// The lines around the block of ferry in a .htaccess.
const (
	beginLine = "# BEGIN ferry"
	endLine   = "# END ferry"
)

var errBlock = errors.New("the lines \"" + beginLine + "\" and \"" + endLine + "\" are not there once each, in this order")

// plainBase is what can stand in a rule as it is.
var plainBase = regexp.MustCompile(`^/(?:[A-Za-z0-9._~-]+/)*$`)

// block returns the block that shows the release in a slot. Nobody reaches the slots by their own
// addresses. A directory gets its slash before it is looked for in the slot, since Apache would
// name the slot in the address otherwise.
func (f *File) block(slot string) ([]byte, error) {
	if !plainBase.MatchString(f.Base) {
		return nil, fmt.Errorf("the path %s of the address cannot stand in a rule", f.Base)
	}
	kept := []string{Dir}
	for _, p := range f.Shared {
		if strings.ContainsAny(string(p), "\"\\") {
			return nil, fmt.Errorf("the name %q cannot stand in a rule", p)
		}
		kept = append(kept, regexp.QuoteMeta(string(p)))
	}
	return []byte(strings.NewReplacer("<kept>", strings.Join(kept, "|"), "<base>", f.Base, "<slot>", slot, "<slots>", Dir).Replace(beginLine + `
# ferry writes these lines at each deploy. All other lines are yours.
RewriteEngine On
RewriteCond %{ENV:REDIRECT_STATUS} ^$
RewriteRule "^<slots>(?:/|$)" - [R=404,L]
RewriteCond %{REQUEST_FILENAME}%{PATH_INFO}::$1 "^(.*/)(.+)::\2$"
RewriteCond "%1<slot>/$1" -d
RewriteRule "^(?!(?:<kept>)(?:/|$))(.+[^/])$" "<base>$1/" [R=301,L]
RewriteRule "^(?!(?:<kept>)(?:/|$))(.*)$" "<base><slot>/$1" [B=%#,L]
` + endLine + "\n")), nil
}

// Shown reports whether the rule shows a file: Apache refuses "?" in what it has rewritten.
func Shown(p manifest.Path) bool { return !strings.Contains(string(p), "?") }

// find returns where the block is in a .htaccess; an empty range at the end: there is none.
func find(content []byte) (begin, end int, err error) {
	begins, ends, at := 0, 0, 0
	for line := range bytes.Lines(content) {
		switch string(bytes.TrimSpace(line)) {
		case beginLine:
			begins, begin = begins+1, at
		case endLine:
			ends, end = ends+1, at+len(line)
		}
		at += len(line)
	}
	switch {
	case begins == 0 && ends == 0:
		return at, at, nil
	case begins != 1 || ends != 1 || end <= begin:
		return 0, 0, errBlock
	}
	return begin, end, nil
}

// insert puts the block into a .htaccess: in the place of the one that is there, or else at the
// end. Nothing else is changed.
func insert(was, block []byte) ([]byte, error) {
	begin, end, err := find(was)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(was[:begin])
	if begin > 0 && was[begin-1] != '\n' {
		b.WriteByte('\n')
	}
	b.Write(block)
	b.Write(was[end:])
	return b.Bytes(), nil
}
