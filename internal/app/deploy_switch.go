package app

import (
	"context"
	"fmt"
	"path"

	"ferry/internal/config"
	"ferry/internal/deploy"
)

// workOf returns the path of the work directory of a site, relative to it; "": ferry's own
// directory in the site. It refuses sites that cannot be switched as the profile says.
func workOf(p *Pair) (string, error) {
	switch p.Deploy.Switch {
	case config.SwitchDirectory:
		if p.Remote.Path == "" {
			return "", Usage(fmt.Errorf("switch: directory renames the site, and %s is the directory of the login, which no server renames", p.Remote), "name a directory below it in remote:, or use switch: files")
		}
		if p.Deploy.Work == "" {
			return "../.ferry-" + path.Base(p.Remote.Path), nil
		}
	}
	return p.Deploy.Work, nil
}

// webServer returns a server whose work directory is that which a web server may show, and the
// path of that directory, as it is seen from the site. A site that is switched as a whole has
// one in each release.
func (d *Deployment) webServer(ctx context.Context) (server deploy.Server, work string, err error) {
	if d.pair.Deploy.Switch == config.SwitchFiles {
		return d.server, d.server.WorkPath(), nil
	}
	at, err := deploy.LivePlace(ctx, d.options())
	if err != nil {
		return nil, "", err
	}
	if at == (deploy.Place{}) && d.pointer != nil {
		return d.server, d.server.WorkPath(), nil
	}
	looks, err := d.server.Look(ctx, []deploy.Place{at}, false)
	if err == nil {
		err = looks[0].Err
	}
	if err != nil {
		return nil, "", err
	}
	if !looks[0].Entry.Exists() {
		return nil, "", failed(fmt.Errorf("nothing is deployed to %s yet", d.pair.Remote), "run \"ferry deploy\" first: each release has a work directory of its own")
	}
	live := d.server.Slot(at)
	if of, ok := live.(interface{ WorkPath() string }); ok {
		work = of.WorkPath()
	}
	if d.pointer != nil && d.pointer.File.Template != nil {
		work = path.Join(at.Path, work) // no rule hides the slot
	}
	return live, work, nil
}
