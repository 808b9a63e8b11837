package config

import (
	"fmt"

	"ferry/internal/ftp"
	"ferry/sync"
)

// check reports keys of one profile that do not go together, and sets user and
// password, which either of two keys can give.
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
	d.setUser(p, given)
	d.setPassword(p, given)
	d.checkDeploy(p, given)
	d.checkID(p, given)

	// failAt reports an error at a key of the profile. A key that comes from the
	// defaults is reported at the name of the profile.
	failAt := func(key, text, hint string) {
		at := s.key
		if o, ok := given[key]; ok {
			at = o.value
		}
		d.fail(at, s.where+"."+key, text, hint)
	}
	if p.Exact && p.Direction == sync.Both {
		failAt("exact", "makes one side equal to the other and so needs a direction", "set direction: push or pull")
	}
	if p.Blind && p.Direction != sync.Push {
		failAt("blind", "is for a push: from a server that is not looked at nothing comes back", "set direction: push")
	}
	if other := p.NeedsLook(); p.Blind && other != "" {
		failAt("blind", "does not look at the server, and "+other+" does", "remove one of them")
	}
	if p.Insecure && p.Fingerprint != "" {
		failAt("insecure", "accepts any certificate, so fingerprint has no effect", "remove one of them")
	}
	if p.ServerName != "" && (p.Insecure || p.Fingerprint != "") {
		failAt("server-name", "has no effect, since the name in the certificate is not looked at with fingerprint or insecure", "remove one of them")
	}
	for _, key := range []string{"ca", "fingerprint", "insecure", "server-name"} {
		if _, ok := given[key]; ok && p.Remote.Host != "" && p.Remote.Security == ftp.Plain {
			failAt(key, "ftp:// has no certificate", "write remote as ftpes:// (TLS on port 21) or ftps:// (port 990)")
		}
	}
}

// checkID reports an id that another profile has, too.
func (d *decoder) checkID(p *draft, given map[string]setting) {
	if p.ID == "" {
		return
	}
	own := given["id"]
	if line, twice := d.ids[p.ID]; twice {
		d.fail(own.value, own.where, fmt.Sprintf("%q is the id of another profile, too, on line %d", p.ID, line), "give each profile an id of its own: what ferry remembers of a pair is kept under it")
		return
	}
	if d.ids == nil {
		d.ids = make(map[string]int)
	}
	d.ids[p.ID] = own.value.Line
}

// setUser takes the user from user: or from the URL. The URL wins over a user in the
// defaults.
func (d *decoder) setUser(p *draft, given map[string]setting) {
	own, ok := given["user"]
	switch {
	case p.Remote.User == "":
		p.Remote.User = p.user
	case ok && p.user != p.Remote.User:
		d.fail(own.value, own.where, fmt.Sprintf("is %q, but remote names %q", p.user, p.Remote.User), "remove one of them")
	}
}

// setPassword takes the password from password: or from the URL. The URL wins over
// a password in the defaults.
func (d *decoder) setPassword(p *draft, given map[string]setting) {
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
