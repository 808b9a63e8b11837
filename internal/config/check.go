package config

import (
	"fmt"

	"ferry/sync"
	"ferry/sync/remote"
)

// check looks at what must hold between the keys of one profile, and settles
// user and password, which two keys can give.
func (d *decoder) check(p *draft, s setting, own []setting) {
	given := make(map[string]setting, len(own))
	for _, o := range own {
		given[o.name] = o
	}
	for _, need := range []string{"local", "remote"} {
		if _, ok := given[need]; !ok && !isNull(s.value) {
			d.fail(s.key, s.where+"."+need, "is missing", "")
		}
	}
	d.settleUser(p, given)
	d.settlePassword(p, given)

	// failAt reports at the key of this profile, or at its name where the key
	// stands among the defaults.
	failAt := func(key, text, way string) {
		at := s.key
		if o, ok := given[key]; ok {
			at = o.value
		}
		d.fail(at, s.where+"."+key, text, way)
	}
	if p.Exact && p.Direction == sync.Both {
		failAt("exact", "makes one side equal to the other and so needs a direction", "set direction: push or pull")
	}
	if p.Insecure && p.Fingerprint != "" {
		failAt("insecure", "accepts any certificate, so fingerprint has no effect", "remove one of them")
	}
	for _, key := range []string{"ca", "fingerprint", "insecure"} {
		if _, ok := given[key]; ok && p.Remote.Host != "" && p.Remote.Security == remote.Plain {
			failAt(key, "ftp:// has no certificate", "write remote as ftpes:// (TLS on port 21) or ftps:// (port 990)")
		}
	}
}

// settleUser takes the user from the URL or from user:. A default gives way to
// the URL.
func (d *decoder) settleUser(p *draft, given map[string]setting) {
	own, ok := given["user"]
	switch {
	case p.Remote.User == "":
		p.Remote.User = p.user
	case ok && p.user != p.Remote.User:
		d.fail(own.value, own.where, fmt.Sprintf("is %q, but remote names %q", p.user, p.Remote.User), "remove one of them")
	}
}

// settlePassword takes the password from the URL or from password:. A default
// gives way to the URL.
func (d *decoder) settlePassword(p *draft, given map[string]setting) {
	fromURL := p.Remote.Password
	p.Remote.Password = Secret{}
	own, ok := given["password"]
	switch {
	case fromURL.IsZero():
		p.Password = p.password
	case ok:
		d.fail(own.key, own.where, "remote has a password, too", "remove one of them")
	default:
		p.Password = hide(held{text: fromURL.reveal().text, file: d.path})
	}
}
