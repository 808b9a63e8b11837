package cli

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/report"
	"ferry/internal/text"
)

// jsonWeb is the JSON line of a check of what the web shows.
type jsonWeb struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	*app.WebReport
}

// checkWeb says whether the web server at address shows what ferry keeps on the server.
func (prog *program) checkWeb(ctx context.Context, p *app.Pair, head report.Head, address string) error {
	if p.Deploy == nil {
		p.Deploy = config.NewDeploy()
	}
	found, err := prog.opener().CheckWeb(ctx, p, address)
	if found != nil && found.Left != "" {
		prog.talk().Warn("%s is left on the server; it may be removed", found.Left)
	}
	if err != nil {
		return err
	}
	if prog.common.json {
		report.WriteJSON(prog.env.Stdout, jsonWeb{"web", head.Profile, found})
	}
	if found.Visible {
		return failed(errors.New("anybody can read what ferry keeps on the server: "+text.Clean(found.Work)), hideWork(p.Deploy.Switch, text.Clean(found.Rule())))
	}
	if found.Confirmed == "" {
		prog.talk().Warn("no file of the site was found at that address: it may be that of another site, which would say nothing about this one")
	}
	if !prog.common.json && !prog.common.quiet {
		title := ""
		if head.Titled {
			title = head.Profile + ": "
		}
		fmt.Fprintf(prog.env.Stdout, "%snobody can read what ferry keeps on the server: %s answers %d\n", title, text.Clean(found.Work), found.Status)
	}
	return nil
}

// hideWork says how the work directory can be hidden. rule is that for nginx.
func hideWork(s config.DeploySwitch, rule string) string {
	hint := "add to the configuration of nginx: " + rule
	if s == config.SwitchFiles {
		return hint + " - or name a directory that the web server does not show, as work: ../.ferry-site below deploy:"
	}
	return hint + " - with switch: " + s.String() + " each release has this directory in it, wherever work: is"
}
