package report

import (
	"slices"

	"ferry/internal/deploy"
	"ferry/manifest"
	"ferry/sync"
)

// A jsonDeploy writes a deploy as one JSON object a line, of the same types as a pass.
type jsonDeploy struct {
	head DeployHead
	o    Options
	plan *deploy.Plan
}

type jsonDeployPlan struct {
	Type          string `json:"type"`
	Profile       string `json:"profile,omitempty"`
	Remote        string `json:"remote"`
	DryRun        bool   `json:"dry_run,omitempty"`
	Release       int    `json:"release"`
	Uploads       int    `json:"uploads"`
	DeletesRemote int    `json:"deletes_remote"`
	Mkdirs        int    `json:"mkdirs"`
	Drift         int    `json:"drift"`
	Extras        int    `json:"extras"`
}

type jsonDeploySummary struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	sync.Summary
	Release  int   `json:"release"`
	Previous int   `json:"previous"`
	Finished int   `json:"finished,omitempty"`
	Reused   int   `json:"reused"`
	Drift    int   `json:"drift"`
	MixedMS  int64 `json:"mixed_ms"`
	Changed  bool  `json:"changed"`
	Exit     int   `json:"exit"`
}

func (r *jsonDeploy) Event(ev deploy.Event) {
	switch ev := ev.(type) {
	case deploy.Planned:
		r.planned(ev.Plan)
	case deploy.Noticed:
		r.o.Talk.Note("%s", ev.Text)
	case deploy.Warned:
		r.o.Talk.Warn("%s", ev.Text)
	}
}

func (r *jsonDeploy) planned(plan *deploy.Plan) {
	r.plan = plan
	if !r.o.Talk.Quiet {
		n := countChanges(plan.Release.Changes)
		WriteJSON(r.o.Out, jsonDeployPlan{"plan", r.head.Profile, r.head.Remote, r.head.DryRun, plan.Release.Number,
			n.added + n.modified, n.removed, len(plan.MakeDirs), len(plan.Drift), plan.Extras})
	}
	for _, d := range plan.Drift {
		WriteJSON(r.o.Out, jsonProblem{"problem", r.head.Profile, sync.Remote, PathOf(d.Path), driftText(d, r.head)})
	}
	if r.head.DryRun && !r.o.Talk.Quiet {
		r.actions(nil, false)
	}
}

// actions writes what the plan does, or did.
func (r *jsonDeploy) actions(failed map[manifest.Path]error, done bool) {
	for _, c := range sortedChanges(r.plan.Release.Changes) {
		j := jsonAction{Type: "action", Profile: r.head.Profile, Op: sync.Upload, Side: sync.Remote, Path: PathOf(c.Path), Size: c.Is.Size, OK: done}
		switch c.Letter() {
		case deploy.Added:
			j.Why = "new"
		case deploy.Modified:
			j.Why = "changed"
		default:
			j.Op, j.Why = sync.Delete, "deleted"
		}
		if err := failed[c.Path]; err != nil {
			j.OK, j.Error = false, err.Error()
		}
		WriteJSON(r.o.Out, j)
	}
}

func (r *jsonDeploy) End(d DeployResult) {
	if r.plan != nil && !r.head.DryRun && d.Committed && !r.o.Talk.Quiet {
		r.actions(d.Failed, true)
	}
	if d.Err != nil {
		WriteError(r.o.Out, r.head.Profile, d.Err, r.o.Verdict)
	}
	if r.o.Talk.Quiet && d.Exit == 0 {
		return
	}
	s := jsonDeploySummary{
		Type: "summary", Profile: r.head.Profile, Release: d.Release, Previous: d.Previous, Finished: d.Finished, Reused: d.Reused,
		MixedMS: d.Mixed.Milliseconds(), Changed: d.WentLive(), Exit: d.Exit,
		Summary: sync.Summary{Uploaded: d.Uploaded, BytesUp: d.BytesUp, DeletedRemote: d.Deleted, Failed: len(d.Failed), Seconds: d.Seconds, DryRun: r.head.DryRun},
	}
	if d.Plan != nil {
		s.Drift = len(d.Plan.Drift)
	}
	WriteJSON(r.o.Out, s)
}

// sortedBy returns things in the order of their paths.
func sortedBy[T any](things []T, path func(T) manifest.Path) []T {
	sorted := slices.Clone(things)
	slices.SortStableFunc(sorted, func(a, b T) int { return path(a).Compare(path(b)) })
	return sorted
}
