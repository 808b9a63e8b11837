package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"ferry/internal/app"
	"ferry/internal/ci"
	"ferry/internal/config"
	"ferry/internal/report"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const deployHelp = `Make the site on the server what the directory says, all at once.

Everything new is brought to the server first, where no visitor sees it. Then one
burst of renames makes it live, pages after the files that they need. If anything
cannot be uploaded, nothing changes. An interrupted deploy is taken up by the next
one, on whatever machine.

What was deployed is remembered on the server, by content: a fresh checkout on any
machine goes on from there, and nothing is downloaded. Only files that a deploy
brought are replaced or deleted. What somebody else changed there is saved first;
deploy: {drift: ...} in the profile says otherwise.

The first deploy onto a site with files compares their contents, keeps those that
are equal, saves and replaces those that differ, and never touches the others.

In GitHub Actions, Forgejo and GitLab the commit and the number of the run are
found in the environment. A run that is older than what is live is refused.

EXIT STATUS
  0 deployed, or nothing to deploy
  1 failed: nothing has changed, unless the message says so
  2 wrong usage or configuration
  3 deployed, but some files could not be put in place
  4 could not connect or log in
  5 deployed, and somebody else's changes were met (--strict, or drift: keep)
  6 refused as unsafe: nothing has changed
  7 another run holds the site
  8 a hook failed, or a check after the deploy
  9 a newer release is live, or releases are held by a rollback`

// deployWait is how long a deploy waits for another one.
const deployWait = 10 * time.Minute

// deployFlags are the options of a deploy.
type deployFlags struct {
	passFlags
	revision    value[string]
	sequence    value[int64]
	force       bool
	strict      bool
	audit       bool
	waitFor     value[time.Duration]
	first       value[app.FirstRule]
	drift       value[app.DriftRule]
	keep        value[int]
	deleteAfter value[time.Duration]
	checkURL    value[string]
	system      value[ci.System]
	explain     value[string]
}

func (f *deployFlags) register(flags *pflag.FlagSet) {
	f.passFlags.registerDeploy(flags)
	f.revision.add(flags, "revision", "say that this is `TEXT` of the source, as a commit", parseString)
	f.sequence.add(flags, "sequence", "say that this is run `N`: runs with lower numbers are refused from then on", parseSequence)
	flags.BoolVar(&f.force, "force", false, "deploy although a newer release is live, releases are held, or the site is that of another source")
	flags.BoolVar(&f.strict, "strict", false, "refuse files that look like secrets, and exit 5 where somebody else changed the site")
	flags.BoolVar(&f.audit, "audit", false, "look at all files that were deployed, not only at directories that change")
	f.waitFor.add(flags, "wait", "wait for another run for `DURATION`, 0 for not at all (default 10m)", config.ParseDeleteAfter)
	f.first.add(flags, "first", "a first deploy: `RULE` is compare, trust or overwrite (default compare)", config.ParseFirst)
	f.drift.add(flags, "drift", "what somebody else changed: `RULE` is save, stop, keep or restore (default save)", config.ParseDrift)
	f.keep.add(flags, "keep", "keep the files of `N` releases, so that they can be gone back to (default 0)", config.ParseKeep)
	f.deleteAfter.add(flags, "delete-after", "keep files that the release lacks for `DURATION` (default 0)", config.ParseDeleteAfter)
	f.checkURL.add(flags, "check-url", "ask `URL` for the site when it is live", config.ParseCheckURL)
	f.system.add(flags, "ci", "write for this `SYSTEM`: none, github or gitlab (default: by the environment)", parseText[ci.System])
	f.explain.add(flags, "explain", "say which rule decides about `PATH`, and do nothing", parseString)
}

func parseSequence(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, errors.New("must be a positive number")
	}
	return n, nil
}

// overDeploy replaces settings of the profile by the options that were given.
func (f *deployFlags) overDeploy(p *config.Profile) {
	if p.Deploy == nil {
		p.Deploy = config.NewDeploy()
	}
	f.first.over(&p.Deploy.First)
	f.drift.over(&p.Deploy.Drift)
	f.keep.over(&p.Deploy.Keep)
	f.deleteAfter.over(&p.Deploy.DeleteAfter)
	f.checkURL.over(&p.Deploy.Check.URL)
}

func deployCommand(prog *program) *cobra.Command {
	var flags deployFlags
	cmd := &cobra.Command{
		Use:   "deploy [PROFILE... | LOCAL URL]",
		Short: "Make a site go live at once, from any machine",
		Long:  deployHelp,
		Example: `  ferry deploy site
  ferry deploy ./public ftpes://deploy@example.com/htdocs --keep 3
  ferry deploy site --dry-run
  ferry deploy site --revision "$(git rev-parse HEAD)"`,
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.register(cmd.Flags())
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := prog.deployPairs(args, &flags)
		if err != nil {
			return err
		}
		if flags.explain.set {
			return prog.explainPath(pairs, flags.explain.v, "left out", "not left out")
		}
		return exit(worstOf(cmd.Context(), pairs, func(p *app.Pair) int {
			return prog.deploy(cmd.Context(), p, &flags, len(pairs) > 1)
		}))
	})
	return cmd
}

// deployPairs returns the pairs that args name, for deploys. Without args they are the
// profiles that have a deploy: key.
func (prog *program) deployPairs(args []string, flags *deployFlags) ([]*app.Pair, error) {
	pairs, err := prog.workspace().DeployPairs(args)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		flags.over(p.Profile)
		flags.overDeploy(p.Profile)
		if err := p.Deploy.Validate(); err != nil {
			return nil, app.Usage(err, config.Hint(err))
		}
		p.Direction = app.Push
		prog.makeAbsolute(p)
		if err := flags.check(p); err != nil {
			return nil, err
		}
		if err := prog.readRules(p, &flags.passFlags); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// deploy makes and shows one deploy, and returns its exit code.
func (prog *program) deploy(ctx context.Context, p *app.Pair, flags *deployFlags, titled bool) int {
	head := prog.deployHead(p, titled)
	return prog.withDeployment(ctx, p, flags, head, func(d *app.Deployment) (app.DeployResult, error) { return d.Deploy(ctx) })
}

func (prog *program) deployHead(p *app.Pair, titled bool) report.DeployHead {
	return report.DeployHead{Profile: p.ProfileName(), Remote: p.Remote.String(), Drift: p.Command("releases --drift"), DryRun: prog.common.dryRun, Titled: titled, Keeps: p.Deploy.Keep > 0 || p.Deploy.Switch == config.SwitchDirectory}
}

// withDeployment does work on the site of a pair, shows it, and returns its exit code.
func (prog *program) withDeployment(ctx context.Context, p *app.Pair, flags *deployFlags, head report.DeployHead, work func(*app.Deployment) (app.DeployResult, error)) int {
	system := ci.Detect(prog.env.Getenv)
	flags.system.over(&system)
	log := &ci.Log{System: system, Out: prog.results(), Now: prog.env.Now}
	if prog.common.json {
		log.System = ci.None
	}
	show := prog.newDeploy(p, head, log)
	began := prog.env.Now()
	opts := prog.deployOptions(flags, system.RunOf(prog.env.Getenv))
	opts.Observer = show.Event
	var result app.DeployResult
	d, err := prog.opener().OpenDeployment(ctx, p, opts)
	code := app.ExitCode(err)
	if err == nil {
		result, err = work(d)
		code = d.ExitCode(result, err)
		err = errors.Join(err, d.Close())
	}
	prog.endWait()
	shown := report.DeployResult{Result: result, Seconds: prog.env.Now().Sub(began).Seconds(), Err: err, Exit: code}
	show.End(shown)
	if err != nil {
		prog.failPair(report.Head{Profile: head.Profile, Titled: head.Titled}, p, err)
		log.Error(withHint(err, p))
	}
	if err := tellSystem(system, prog.env.Getenv, head, shown); err != nil {
		prog.talk().Warn("%v", err)
	}
	return code
}

// withHint returns what an error says, with the way out on a line of its own.
func withHint(err error, p *app.Pair) string {
	if hint := app.HintFor(err, p); hint != "" {
		return err.Error() + "\nhint: " + hint
	}
	return err.Error()
}

// deployOptions returns the options of a deploy. run is what the CI system says of it.
func (prog *program) deployOptions(flags *deployFlags, run ci.Run) app.DeployOptions {
	wait := deployWait
	flags.waitFor.over(&wait)
	flags.revision.over(&run.Revision)
	flags.sequence.over(&run.Sequence)
	return app.DeployOptions{
		DryRun: prog.common.dryRun, Force: flags.force, Strict: flags.strict, Audit: flags.audit,
		AllowDeletes: flags.allowDeletes, AcceptEmpty: flags.acceptEmpty,
		Revision: run.Revision, Sequence: run.Sequence, Source: run.Source, Wait: wait, By: "ferry " + buildVersion(),
		ChangingAddress: ci.ChangesAddress(prog.env.Getenv),
	}
}

// tellSystem gives later steps of a CI run what the deploy came to.
func tellSystem(system ci.System, getenv func(string) string, head report.DeployHead, d report.DeployResult) error {
	if system == ci.None {
		return nil
	}
	paths := ""
	if d.Plan != nil {
		var err error
		if paths, err = ci.WriteLines(getenv, report.MarkedPaths(d.Plan.Release.Changes)); err != nil {
			return fmt.Errorf("writing the changed paths for the run: %w", err)
		}
	}
	if _, err := system.WriteOutputs(getenv, report.DeployOutputs(d, paths)); err != nil {
		return fmt.Errorf("writing the outputs of the run: %w", err)
	}
	if err := system.WriteSummary(getenv, report.DeploySummary(head, d)); err != nil {
		return fmt.Errorf("writing the summary of the run: %w", err)
	}
	return nil
}
