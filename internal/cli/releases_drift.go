package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"ferry/internal/app"
	"ferry/internal/report"
	"ferry/internal/text"
)

// jsonSaved is the JSON line of a version that a deploy has saved.
type jsonSaved struct {
	Type    string    `json:"type"`
	Profile string    `json:"profile,omitempty"`
	Release int       `json:"release"`
	Time    time.Time `json:"time"`
	report.Path
	Size int64 `json:"size"`
}

// listSaved lists the versions of somebody else that deploys of a pair have saved.
func (prog *program) listSaved(ctx context.Context, p *app.Pair, head report.Head) (err error) {
	d, err := prog.opener().OpenDeployment(ctx, p, app.DeployOptions{DryRun: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	saved, err := d.SavedVersions(ctx)
	if err != nil || prog.common.quiet {
		return err
	}
	if head.Titled && !prog.common.json {
		fmt.Fprintf(prog.env.Stdout, "%s:\n", head.Profile)
	}
	if len(saved) == 0 && !prog.common.json {
		fmt.Fprintln(prog.env.Stdout, "no versions of somebody else are kept")
	}
	for _, s := range saved {
		if prog.common.json {
			report.WriteJSON(prog.env.Stdout, jsonSaved{"saved", head.Profile, s.Release, s.Time, report.PathOf(s.Path), s.Size})
			continue
		}
		fmt.Fprintf(prog.env.Stdout, "%4d  %s  %8s  %s\n", s.Release, s.Time.Local().Format("2006-01-02 15:04"), report.Size(s.Size), text.Clean(string(s.Path)))
	}
	return nil
}

// fetchSaved fetches one of those versions into a local file.
func (prog *program) fetchSaved(ctx context.Context, p *app.Pair, file string, release int, to string) (err error) {
	if to == "" {
		to = path.Base(file)
	}
	to = prog.workspace().Absolute(to)
	d, err := prog.opener().OpenDeployment(ctx, p, app.DeployOptions{DryRun: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	saved, err := d.FetchSaved(ctx, file, release, to)
	if err == nil && !prog.common.quiet {
		fmt.Fprintf(prog.env.Stdout, "%s: the version that release %d saved is in %s\n", text.Clean(file), saved.Release, text.Clean(to))
	}
	return err
}
