package remote

import (
	"context"
	"strings"

	"ferry/internal/ftp"
)

// Shares reports whether d and other are one directory, or one lies in the other, as far as two
// connections show: they may be spelled in different ways, as relative to the login directory.
func (d *Directory) Shares(ctx context.Context, other *Directory) (bool, error) {
	a, b := d.server, other.server
	if a.addr != b.addr {
		return false, nil
	}
	if a.opts.User == b.opts.User && samePorts(a.opts.Options, b.opts.Options) && (below(a.names.Root, b.names.Root) || below(b.names.Root, a.names.Root)) {
		return true, nil
	}
	for _, one := range []*Directory{d, other} { // this finds out the identity
		if _, err := one.Root(ctx, false); err != nil {
			return false, err
		}
	}
	id := a.rootID.Load()
	return id != 0 && id == b.rootID.Load(), nil
}

// samePorts reports whether two ports are one server's: many servers listen for implicit TLS too.
func samePorts(a, b ftp.Options) bool {
	usual := func(o ftp.Options) bool { return o.Port == ftp.Plain.Port() || o.Port == ftp.Implicit.Port() }
	return a.Port == b.Port || usual(a) && usual(b)
}

// below reports whether the root a is b or lies below it.
func below(a, b string) bool { return strings.HasPrefix(a+"/", b+"/") }
