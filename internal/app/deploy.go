package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/internal/config"
	"ferry/internal/deploy"
	"ferry/internal/deploy/page"
	"ferry/internal/deploy/site"
	"ferry/internal/ftp"
	"ferry/internal/history"
	"ferry/internal/hooks"
	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// DeployOptions say how a deploy is made, besides what the pair says.
type DeployOptions struct {
	DryRun bool
	// Force deploys although a newer release is live or releases are held, or the site is
	// that of another source.
	Force bool
	// Strict refuses files that look like secrets, and makes drift count in the exit code.
	Strict bool
	// Audit looks at all files that were deployed.
	Audit                     bool
	AllowDeletes, AcceptEmpty bool

	Revision string // of the source; may be empty
	Sequence int64  // of the run; 0: not known
	Source   string // names the source; "": that of the state counts
	// Wait is how long to wait for another run on the site; 0: not at all.
	Wait time.Duration
	By   string // this program and its version
	// ChangingAddress says that this machine has another address in every run, as those of a CI
	// system do.
	ChangingAddress bool

	Observer func(deploy.Event) // one event at a time; may be nil
	Talk     Talker             // hears what hooks print; nil: that of the opener
}

// A Deployment is a site that deploys can be made to.
type Deployment struct {
	opener      *Opener
	pair        *Pair
	opts        DeployOptions
	source      *deploySource
	server      *site.Server
	hooks       *passHooks
	record      *history.Recorder
	key         []byte
	maintenance deploy.Maintenance
	pointer     *deploy.Pointer
	close       closers
}

// OpenDeployment connects to the site of a pair. No other run of this machine has it then.
func (o *Opener) OpenDeployment(ctx context.Context, p *Pair, opts DeployOptions) (*Deployment, error) {
	if opts.Talk == nil {
		opts.Talk = o.Talk
	}
	if opts.Observer == nil {
		opts.Observer = func(deploy.Event) {}
	}
	d := &Deployment{opener: o, pair: p, opts: opts, hooks: o.hooks(p, opts.Talk)}
	d.recordEvents()
	d.opts.Observer = oneAtATime(d.opts.Observer)
	if err := d.open(ctx); err != nil {
		err = errors.Join(err, d.close.close())
		d.record.End(nil, ExitCode(err), err)
		return nil, err
	}
	return d, nil
}

func (d *Deployment) open(ctx context.Context) error {
	o, p := d.opener, d.pair
	work, err := workOf(p)
	if err != nil {
		return err
	}
	if d.pointer, err = pointerOf(p); err != nil {
		return err
	}
	until := time.Now().Add(d.opts.Wait)
	record, err := o.openRecord(ctx, p, PassOptions{DryRun: d.opts.DryRun, Wait: d.opts.Wait > 0, waitUntil: until})
	if errors.Is(err, manifest.ErrLocked) {
		return &Error{Code: ExitLocked, Err: manifest.ErrLocked, Hint: lockHint(recordPath(o.StateDir, p.StateKey()), deployWaitHint)}
	}
	if err != nil {
		return err
	}
	d.close.add(record.Close)
	if d.key, err = o.stateKey(ctx, p); err != nil {
		return err
	}
	near, err := local.Open(p.Local, local.Options{FollowLinks: p.FollowLinks, Reserved: p.Reserved.Match, Log: o.Log})
	if err != nil {
		return err
	}
	d.close.add(near.Close)
	d.source = &deploySource{pair: p, dir: near, talk: d.opts.Talk, check: d.checkSecrets}
	server, err := o.serverOptions(ctx, p)
	if err != nil {
		return err
	}
	mine := o.ownership(p, d.opts.DryRun)
	options := site.Options{
		Options: server.Options, Path: server.Path, Absolute: server.Absolute, Work: work, Slots: p.Deploy.Switch != config.SwitchFiles,
		Owner: mine.Owner, Boot: mine.Boot, Wait: d.opts.Wait > 0, WaitUntil: until, Temps: o.temps(p, sync.Remote, d.opts.DryRun),
	}
	options.Notice = func(text string) { d.opts.Observer(deploy.Noticed{Text: text}) }
	if d.server, err = site.Open(ctx, options); err != nil {
		return d.unreachable(connecting(p, err))
	}
	d.close.add(d.server.Close)
	return nil
}

// unreachable adds to the hint of an error what may keep a machine of a CI system away.
func (d *Deployment) unreachable(err error) error {
	var server *ftp.Error
	if !d.opts.ChangingAddress || !errors.As(err, &server) || server.Class != ftp.Connect {
		return err
	}
	return &Error{Code: ExitCode(err), Err: err, Hint: Hint(err) + "; GitHub's runners have changing addresses, so that a firewall which lets known ones in keeps them out"}
}

// Close ends the connections.
func (d *Deployment) Close() error { return d.close.close() }

// stateKey returns the key of the state on the server, nil where none is asked for.
func (o *Opener) stateKey(ctx context.Context, p *Pair) ([]byte, error) {
	if p.Deploy.StateKey.IsZero() {
		return nil, nil
	}
	key, err := o.finder().StateKey(ctx, p.Profile)
	if err != nil {
		return nil, Usage(err, config.Hint(err))
	}
	return []byte(key), nil
}

// options returns what the engine is told.
func (d *Deployment) options() deploy.Options {
	return deploy.Options{
		Server: d.server, Source: d.source, Links: func() []manifest.Path { return d.source.links }, Policy: d.policy(), Key: d.key,
		Revision: d.opts.Revision, Sequence: d.opts.Sequence, From: d.opts.Source, By: d.opts.By,
		Directory: d.pair.Deploy.Switch == config.SwitchDirectory, Pointer: d.pointer, Shared: d.pair.Deploy.Shared,
		Force: d.opts.Force, DryRun: d.opts.DryRun, CutLines: !d.pair.Encrypted(),
		Maintenance: d.maintenance, Allow: d.allow, Staged: d.staged, Observer: d.opts.Observer, Now: d.opener.Now, Log: d.opener.Log,
	}
}

// Deploy makes a deploy and checks it. Committed in the result says whether the release is
// live, also where there is an error.
func (d *Deployment) Deploy(ctx context.Context) (result deploy.Result, err error) {
	defer d.recordEnd(&result, &err)()
	if err := d.readMaintenance(); err != nil {
		return deploy.Result{}, err
	}
	result, err = deploy.Run(ctx, d.options())
	if err == nil && result.WentLive() {
		err = d.check(ctx, &result)
	}
	return result, errors.Join(d.explain(err), d.after(ctx, result, err))
}

// Rollback makes an older release live again; see [deploy.Rollback].
func (d *Deployment) Rollback(ctx context.Context, to int) (result deploy.Result, err error) {
	defer d.recordEnd(&result, &err)()
	if err := d.readMaintenance(); err != nil {
		return deploy.Result{}, err
	}
	result, err = deploy.Rollback(ctx, d.options(), to)
	return result, errors.Join(d.explain(err), d.after(ctx, result, err))
}

// Releases tells of the releases of the site; see [deploy.Releases].
func (d *Deployment) Releases(ctx context.Context) ([]deploy.Told, error) {
	told, err := deploy.Releases(ctx, d.options())
	return told, d.explain(err)
}

// deployWaitHint is the way out where another run holds a site.
const deployWaitHint = "wait for it to end, and run this again; \"ferry deploy\" waits by itself for as long as --wait says, and 10m without it"

// explain gives an error its exit code and the way out.
func (d *Deployment) explain(err error) error {
	var coded *Error
	switch {
	case err == nil, errors.As(err, &coded):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, ErrInterrupted):
		return Interrupted()
	case errors.Is(err, sync.ErrHeld):
		return &Error{Code: ExitLocked, Err: err, Hint: deployWaitHint}
	case errors.Is(err, deploy.ErrSuperseded):
		return &Error{Code: ExitSuperseded, Err: err, Hint: "nothing was done; --force deploys this one all the same"}
	case errors.Is(err, deploy.ErrHeld):
		return &Error{Code: ExitSuperseded, Err: err, Hint: "nothing was done; the next newer run deploys again, and --force deploys this one"}
	case errors.Is(err, deploy.ErrKeyNeeded), errors.Is(err, deploy.ErrWrongKey):
		return Usage(err, "state-key: in the profile must be the key that the site was deployed with before")
	case errors.Is(err, deploy.ErrNotEncrypted):
		return Usage(err, "the site was deployed without a state-key; take state-key: out of the profile, or move the files state and state.old out of the work directory: the next deploy then compares all files, and deletes none")
	case errors.Is(err, deploy.ErrBeside):
		return failed(err, "switch: directory renames the site, so the user must be allowed to write into the directory that holds it; switch: files needs no more than the site")
	case errors.Is(err, deploy.ErrOtherFileSystem):
		return failed(err, "work: below deploy: names a directory in the file system of the site, which the user may write to, such as ../.ferry-site")
	case errors.Is(err, deploy.ErrNotKept):
		return failed(err, "keep: 2 below deploy: keeps the files of the last two releases from now on, so that they can be gone back to; \"ferry releases\" lists those that can be now")
	}
	return err
}

// check asks the web server for the new release, and goes back where it does not show it and
// the profile says so.
func (d *Deployment) check(ctx context.Context, result *deploy.Result) error {
	wanted := d.pair.Deploy.Check
	if wanted.URL == "" {
		return nil
	}
	err := page.NewCheck(page.NewSite(wanted.URL), wanted.Paths, d.source.files).Run(ctx, result.Release)
	if err == nil || ctx.Err() != nil {
		return err
	}
	checkErr := &Error{Code: ExitHook, Err: fmt.Errorf("checking release %d: %w", result.Release, err),
		Hint: "the release is live; \"ferry rollback\" goes back, where keep: is set"}
	if !wanted.Rollback || result.Previous == 0 {
		return checkErr
	}
	d.opts.Talk.Warn("%v; going back to release %d", checkErr.Err, result.Previous)
	back, err := deploy.Rollback(ctx, d.options(), 0)
	if err != nil {
		return errors.Join(checkErr, fmt.Errorf("going back: %w", err))
	}
	result.Release = back.Release
	checkErr.Hint = fmt.Sprintf("the site is that of release %d again", result.Previous)
	return checkErr
}

// allow runs the before hook, which may refuse the deploy.
func (d *Deployment) allow(ctx context.Context, plan *deploy.Plan) error {
	return d.hook(ctx, "before", d.pair.Hooks.Before, plan)
}

// staged runs the staged hook, when all is on the server and nothing is visible.
func (d *Deployment) staged(ctx context.Context, plan *deploy.Plan) error {
	return d.hook(ctx, "staged", d.pair.Hooks.Staged, plan)
}

func (d *Deployment) hook(ctx context.Context, name, do string, plan *deploy.Plan) error {
	if do == "" {
		return nil
	}
	return d.hooks.run(ctx, name, do, d.changed(plan, d.hooks.fields(name, summaryOf(plan, nil))))
}

// after runs the after hook of a release that is live, and on-error where something failed.
func (d *Deployment) after(ctx context.Context, result deploy.Result, err error) error {
	if d.hooks == nil || ctx.Err() != nil || d.opts.DryRun {
		return nil
	}
	s := summaryOf(result.Plan, &result)
	var hookErr error
	if do := d.pair.Hooks.After; do != "" && result.WentLive() {
		code := d.ExitCode(result, d.explain(err))
		ev := d.changed(result.Plan, d.hooks.fields("after", s, hooks.Field{Name: "exit", Value: code}, hooks.Field{Name: "release", Value: result.Release}))
		hookErr = d.hooks.run(ctx, "after", do, ev)
	}
	if do := d.pair.Hooks.OnError; do != "" && (err != nil || hookErr != nil || len(result.Failed) > 0) {
		code := d.ExitCode(result, errors.Join(d.explain(err), hookErr))
		why := ""
		if all := errors.Join(err, hookErr); all != nil {
			why = text.CleanLines(all.Error())
		}
		fields := d.hooks.fields("on-error", s, hooks.Field{Name: "exit", Value: code}, hooks.Field{Name: "error", Value: why})
		hookErr = errors.Join(hookErr, d.hooks.run(ctx, "on-error", do, hooks.Event{Fields: fields}))
	}
	return hookErr
}

// ExitCode returns the exit code of a deploy.
func (d *Deployment) ExitCode(result deploy.Result, err error) int {
	switch {
	case err != nil:
		return ExitCode(err)
	case len(result.Failed) > 0:
		return ExitIncomplete
	case result.Plan != nil && len(result.Plan.Drift) > 0 && (d.opts.Strict || d.pair.Deploy.Drift == deploy.KeepDrift):
		return ExitConflicts
	}
	return ExitOK
}

// summaryOf counts a deploy as passes are counted.
func summaryOf(plan *deploy.Plan, result *deploy.Result) (s sync.Summary) {
	if plan != nil {
		for _, c := range plan.Release.Changes {
			if c.Kind == deploy.Put {
				s.Uploaded++
				s.BytesUp += c.Is.Size
			} else if c.Kind == deploy.Remove && !c.RemovesDir() {
				s.DeletedRemote++
			}
		}
		s.MadeDirs = len(plan.MakeDirs)
	}
	if result != nil {
		s.Uploaded, s.BytesUp, s.Failed = result.Uploaded, result.BytesUp, len(result.Failed)
	}
	return s
}
