package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/namecase"
)

// A Source is the local directory.
type Source interface {
	// Files returns what is to be deployed, sorted by path.
	Files(ctx context.Context) ([]LocalFile, error)
	// Open opens the content of a file at an offset.
	Open(p manifest.Path, offset int64) (io.ReadCloser, error)
}

// Options say what is deployed, and how. Server, Source, Policy and Now are needed.
type Options struct {
	Server Server
	Source Source
	Policy Policy
	// Links returns the local paths that are neither files nor directories, once Source has
	// returned its files. Nothing is known of what they stand for. It may be nil.
	Links func() []manifest.Path
	// Key encrypts the state; nil: it is not encrypted.
	Key []byte

	Revision string // of the source; may be empty
	Sequence int64  // of the run; 0: not known
	From     string // names the source: a repository, or host and path; may be empty
	By       string // this program and its version

	// Force deploys although a newer release is live, releases are held, or the site is
	// that of another source.
	Force  bool
	DryRun bool
	// Maintenance stands in the site while the release goes live.
	Maintenance Maintenance
	// Directory says that the release is made whole beside the site and takes its place by
	// renames. Server must be a [SlotServer] then.
	Directory bool
	// Shared are paths that move from release to release, where Directory is set.
	Shared []manifest.Path
	// CutLines says that a server may carry out a line that was cut off, as without TLS.
	CutLines bool
	// Allow is called once the plan is made, before anything is sent. An error stops the
	// deploy. It may be nil.
	Allow func(ctx context.Context, p *Plan) error
	// Staged is called when all files are on the server and none is visible. An error
	// stops the deploy before anything changes. It may be nil.
	Staged func(ctx context.Context, p *Plan) error

	Observer func(Event) // one event at a time; may be nil
	Now      func() time.Time
	Log      *slog.Logger // nil: nothing is logged
}

// A Result is what a deploy came to.
type Result struct {
	Release  int // the number of the release that is live now
	Previous int // the one before this deploy; 0: none
	Plan     *Plan
	// Finished is the release of an earlier run that was past its point of no return
	// when it broke off, and that this run has finished; 0: there was none.
	Finished int
	Uploaded int
	Reused   int // files that an earlier run had staged
	BytesUp  int64
	Replaced int
	Deleted  int
	// Mixed is how long the commit took, from its first command to its last reply: in
	// that time visitors could see files of both releases.
	Mixed time.Duration
	// Failed are the files that could not be put in place or deleted.
	Failed map[manifest.Path]error
	// Committed says that the release is live.
	Committed bool
}

// Nothing reports whether there was nothing to deploy.
func (r *Result) Nothing() bool { return r.Plan != nil && r.Plan.Empty() && r.Finished == 0 }

// A run is one deploy.
type run struct {
	Options
	local  []LocalFile
	state  *Release // what is live; nil: nothing that is known
	found  Found
	plan   *Plan
	result Result
	// leastNumber is above those of the releases that have kept something, where the state
	// was lost.
	leastNumber int
	rootMissing bool // as a work directory outside of the site lets it be
	// look is shown what a plan was made of, and may change the plan; it may be nil.
	look func(context.Context, *Plan, Site) error
	// maintenance is how far its file has come, and what stands in its place before the commit.
	maintenance          maintaining
	inPlaceOfMaintenance Look
	stuck                map[manifest.Path]error // the maintenance file, where it could not be taken away
}

// mostPlans is how often a plan is made anew because the site has changed meanwhile.
const mostPlans = 3

// Run makes a deploy. If the error is not nil, Committed in the result says whether the
// release is live all the same.
func Run(ctx context.Context, o Options) (Result, error) {
	if o.Directory {
		return runDirectory(ctx, o)
	}
	r := newRun(o)
	err := r.deploy(ctx)
	return r.result, err
}

func newRun(o Options) *run {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observer == nil {
		o.Observer = func(Event) {}
	}
	return &run{Options: o}
}

func (r *run) deploy(ctx context.Context) error {
	files := r.readSource(ctx)
	unlock, err := r.begin(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := r.admit(); err != nil {
		return err
	}
	if r.local, err = files(); err != nil {
		return err
	}
	if err := r.checkLinks(); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if r.plan, err = r.decide(ctx); err != nil {
			return err
		}
		if err := r.checkMaintenance(); err != nil {
			return err
		}
		r.result.Plan = r.plan
		r.Observer(Planned{r.plan})
		if err := r.plan.unknown(); err != nil || r.DryRun {
			return err
		}
		if r.plan.Empty() {
			return r.noteSequence(ctx)
		}
		if r.Allow != nil && attempt == 1 {
			if err := r.Allow(ctx, r.plan); err != nil {
				return err
			}
		}
		if err := r.stage(ctx); err != nil {
			return err
		}
		if r.Staged != nil && attempt == 1 {
			if err := r.Staged(ctx, r.plan); err != nil {
				return err
			}
		}
		changed, err := r.lookAgain(ctx)
		if err != nil {
			return err
		}
		if changed == "" {
			break
		}
		if attempt == mostPlans {
			return &sync.UnsafeError{What: fmt.Sprintf("%q and perhaps more change on the server while this deploy is made: nothing was deployed", changed)}
		}
		r.Observer(Noticed{Text: fmt.Sprintf("%q has changed on the server meanwhile: the deploy is planned again", changed)})
		r.found.Stage = true
	}
	return r.commit(ctx)
}

// checkLinks stops a deploy that would delete a file of the site because a link stands in its
// place here: what the link points to is not read, so nobody knows that the file is gone.
func (r *run) checkLinks() error {
	if r.Links == nil || r.state == nil {
		return nil
	}
	for _, link := range r.Links() {
		for _, f := range r.state.Files {
			if f.Gone.IsZero() && f.Path.Within(link) {
				return &sync.UnsafeError{
					What: fmt.Sprintf("%q is a link or a special file here, and %q of the site would be deleted", link, f.Path),
					Hint: "follow-links: true deploys what a link inside the directory points to; if the file was meant to go, remove the link or name it in ignore:",
				}
			}
		}
	}
	return nil
}

// readSource reads the local directory while the server is being connected to.
func (r *run) readSource(ctx context.Context) (wait func() ([]LocalFile, error)) {
	type read struct {
		files []LocalFile
		err   error
	}
	done := make(chan read, 1)
	go func() {
		files, err := r.Source.Files(ctx)
		done <- read{files, err}
	}()
	return func() ([]LocalFile, error) {
		got := <-done
		return got.files, got.err
	}
}

// begin takes the lock, reads the state, and finishes a release that broke off in its commit.
func (r *run) begin(ctx context.Context) (unlock func(), err error) {
	unlock = func() {}
	if !r.DryRun {
		if unlock, err = r.lock(ctx); err != nil {
			return nil, err
		}
	}
	if r.found, err = r.Server.Begin(ctx); err == nil {
		err = r.readState(ctx)
	}
	if err == nil && r.found.Commit && !r.DryRun {
		err = r.finish(ctx)
	}
	if err != nil {
		unlock()
		return nil, err
	}
	if r.state != nil {
		r.result.Release, r.result.Previous = r.state.Number, r.state.Number
	}
	return unlock, nil
}

// lock takes the lock of the site, and makes the root where there is none.
func (r *run) lock(ctx context.Context) (unlock func(), err error) {
	unlock, _, err = r.Server.Lock(ctx)
	if err == nil || errors.Is(err, sync.ErrHeld) || ctx.Err() != nil {
		return unlock, err
	}
	if _, missing, rootErr := r.Server.Root(ctx, false); rootErr != nil || !missing {
		return nil, err
	}
	if _, _, err = r.Server.Root(ctx, true); err != nil {
		return nil, err
	}
	unlock, _, err = r.Server.Lock(ctx)
	return unlock, err
}

// unknown returns an error where something would change in a directory that cannot be listed.
func (p *Plan) unknown() error {
	if len(p.Unknown) == 0 {
		return nil
	}
	dir, why := first(p.Unknown)
	return fmt.Errorf("%q on the server cannot be listed, so nothing was deployed: %w", dir, why)
}

// Errors of deploys that are not wanted any more.
var (
	// ErrSuperseded means that a newer release of the same source is live.
	ErrSuperseded = errors.New("superseded")
	// ErrHeld means that somebody went back to an older release, and that this one is
	// not to be deployed by itself.
	ErrHeld = errors.New("held")
)

// admit refuses a deploy of another source, and one that is out of date.
func (r *run) admit() error {
	now := r.state
	switch {
	case now == nil || r.Force:
	case now.Source != "" && r.From != "" && now.Source != r.From:
		return &sync.UnsafeError{What: fmt.Sprintf("the site was deployed from %s, and this is %s", now.Source, r.From),
			Hint: "look whether this is the right server and directory; --force deploys from here from now on"}
	case r.Sequence == 0:
	case now.Sequence > r.Sequence:
		return fmt.Errorf("%w by %d%s, deployed %s", ErrSuperseded, now.Sequence, inParentheses(now.Revision), now.Time.Format("2006-01-02 15:04:05"))
	case now.Held >= r.Sequence:
		return fmt.Errorf("%w: somebody went back to release %d; runs up to %d are not deployed", ErrHeld, now.Back, now.Held)
	}
	return nil
}

func inParentheses(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s[:min(12, len(s))] + ")"
}

// mostLooks is how often [Touched] may ask for more directories: as deep as a tree can be.
const mostLooks = 200

// noteSequence writes the number of this run into the state, where nothing else is to be done:
// an older run that ends later must not be deployed.
func (r *run) noteSequence(ctx context.Context) error {
	if r.state == nil || r.Sequence <= r.state.Sequence {
		return nil
	}
	now := *r.state
	now.Sequence, now.Revision, now.Source = r.Sequence, r.Revision, cmp.Or(r.From, now.Source)
	if err := r.putState(ctx, &now); err != nil {
		return fmt.Errorf("noting the number of this run: %w", err)
	}
	return nil
}

// decide looks at the site where that is needed, and makes the plan.
func (r *run) decide(ctx context.Context) (*Plan, error) {
	site := Site{State: r.state, Lists: make(map[manifest.Path]*DirList)}
	var err error
	if r.state == nil {
		if site.Lists, err = r.Server.ListAll(ctx, r.Policy.Skip); err != nil {
			return nil, err
		}
	}
	for range mostLooks {
		dirs := Touched(site, r.local, r.Policy, r.Now())
		if len(dirs) == 0 {
			break
		}
		lists, err := r.Server.List(ctx, dirs)
		if err != nil {
			return nil, err
		}
		maps.Copy(site.Lists, lists)
	}
	root := site.Lists[manifest.Root]
	r.rootMissing = root != nil && root.Missing
	if site.Same, err = r.compare(ctx, site); err != nil {
		return nil, err
	}
	if len(CaseTwins(site, r.local)) > 0 && !r.DryRun {
		if site.Folding, err = r.folding(ctx); err != nil {
			return nil, err
		}
	}
	plan, err := Decide(site, r.local, r.Policy, r.Now())
	if err != nil {
		return nil, err
	}
	r.name(&plan.Release)
	if r.look != nil {
		err = r.look(ctx, plan, site)
	}
	return plan, err
}

// folding finds out whether the server takes names that differ only in case for one: the lock
// is there, in lower case.
func (r *run) folding(ctx context.Context) (namecase.Folding, error) {
	looks, err := r.Server.Look(ctx, []Place{Work("lock"), Work("LOCK")}, false)
	switch {
	case err != nil || !looks[0].Entry.Exists() || looks[1].Err != nil:
		return namecase.NotAsked, err
	case looks[1].Entry.Exists():
		return namecase.FoldsCase, nil
	}
	return namecase.TellsCaseApart, nil
}

// name fills in what a release says of itself.
func (r *run) name(next *Release) {
	next.ID, next.Time, next.By = newID(), r.Now().UTC().Truncate(time.Second), r.By
	next.Revision, next.Sequence, next.Source = r.Revision, r.Sequence, r.From
	next.Number = max(next.Number, r.leastNumber)
	if r.state != nil {
		next.Source, next.Sequence = cmp.Or(r.From, r.state.Source), cmp.Or(r.Sequence, r.state.Sequence)
	}
}
