package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"ferry/internal/app"
	"ferry/internal/report"
	"ferry/internal/text"

	"github.com/spf13/cobra"
)

const releasesHelp = `List what was deployed when, the newest first, and which releases can be gone
back to.

    42  live  2026-11-28 18:40  4f2a91c  put 300  deleted 50
    41  kept  2026-11-27 09:12  99b01d2  put 3    deleted 0

"ferry rollback" makes the release before the live one live again.

--drift lists the versions that somebody else had made of files, and that deploys saved
before they put their own in place. "ferry rollback --file PATH" fetches one.

EXIT STATUS
  0 listed
  1 failed
  2 wrong usage or configuration
  4 could not connect or log in`

func releasesCommand(prog *program) *cobra.Command {
	var flags deployFlags
	var drift bool
	cmd := &cobra.Command{
		Use:               "releases [PROFILE... | LOCAL URL]",
		Short:             "List what was deployed, and what can be gone back to",
		Long:              releasesHelp,
		Example:           "  ferry releases\n  ferry releases site --drift",
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.connectFlags.register(cmd.Flags())
	cmd.Flags().BoolVar(&drift, "drift", false, "list the versions of somebody else that deploys have saved")
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := prog.deployPairs(args, &flags)
		if err != nil {
			return err
		}
		return exit(prog.each(cmd.Context(), pairs, func(ctx context.Context, p *app.Pair, head report.Head) error {
			if drift {
				return prog.listSaved(ctx, p, head)
			}
			return prog.listReleases(ctx, p, head)
		}))
	})
	return cmd
}

type jsonRelease struct {
	Type     string    `json:"type"`
	Profile  string    `json:"profile,omitempty"`
	Release  int       `json:"release"`
	State    string    `json:"state"`
	Time     time.Time `json:"time"`
	Revision string    `json:"revision,omitempty"`
	Source   string    `json:"source,omitempty"`
	Sequence int64     `json:"sequence,omitempty"`
	By       string    `json:"by,omitempty"`
	Put      int       `json:"put"`
	Deleted  int       `json:"deleted"`
	Drift    int       `json:"drift"`
	Back     int       `json:"back,omitempty"`
}

func (prog *program) listReleases(ctx context.Context, p *app.Pair, head report.Head) error {
	d, err := prog.opener().OpenDeployment(ctx, p, app.DeployOptions{DryRun: true})
	if err != nil {
		return err
	}
	defer d.Close()
	releases, err := d.Releases(ctx)
	if err != nil || prog.common.quiet {
		return err
	}
	if head.Titled && !prog.common.json {
		fmt.Fprintf(prog.env.Stdout, "%s:\n", head.Profile)
	}
	if len(releases) == 0 && !prog.common.json {
		fmt.Fprintln(prog.env.Stdout, "nothing was deployed here")
	}
	for _, r := range releases {
		state := "gone"
		switch {
		case r.Live:
			state = "live"
		case r.Kept:
			state = "kept"
		}
		if prog.common.json {
			report.WriteJSON(prog.env.Stdout, jsonRelease{"release", head.Profile, r.Number, state, r.Time, r.Revision, r.Source, r.Sequence, r.By, r.Put, r.Deleted, r.Drift, r.Back})
			continue
		}
		line := fmt.Sprintf("%4d  %s  %s  %-12s  put %d  deleted %d", r.Number, state, r.Time.Local().Format("2006-01-02 15:04"), short(r.Revision), r.Put, r.Deleted)
		if r.Drift > 0 {
			line += "  saved " + text.Count(r.Drift, "version")
		}
		if r.Back != 0 {
			line += "  back to release " + strconv.Itoa(r.Back)
		}
		fmt.Fprintln(prog.env.Stdout, line)
	}
	return nil
}

// short returns as much of a revision as people need.
func short(revision string) string { return text.Clean(revision[:min(len(revision), 12)]) }
