package report

import (
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/meter"
)

// A jsonPass writes a pass as one JSON object a line. Every object has a "type", and
// a "profile" where the pair has a name.
type jsonPass struct {
	head Head
	o    Options

	total, done meter.Work // of transfers
	progressed  time.Time  // when a progress line was written last
}

// progressEvery is the shortest time between two progress lines.
const progressEvery = time.Second

type jsonPlan struct {
	Type          string         `json:"type"`
	Profile       string         `json:"profile,omitempty"`
	Local         string         `json:"local"`
	Remote        string         `json:"remote"`
	Direction     sync.Direction `json:"direction"`
	DryRun        bool           `json:"dry_run,omitempty"`
	Uploads       int            `json:"uploads"`
	Downloads     int            `json:"downloads"`
	DeletesLocal  int            `json:"deletes_local"`
	DeletesRemote int            `json:"deletes_remote"`
	Moves         int            `json:"moves"`
	Mkdirs        int            `json:"mkdirs"`
	Adopts        int            `json:"adopts"`
	Conflicts     int            `json:"conflicts"`
	Skips         int            `json:"skips"`
	LeftOut       int            `json:"left_out"`
	BytesUp       int64          `json:"bytes_up"`
	BytesDown     int64          `json:"bytes_down"`
}

type jsonAction struct {
	Type    string    `json:"type"`
	Profile string    `json:"profile,omitempty"`
	Op      sync.Op   `json:"op"`
	Side    sync.Side `json:"side"`
	Path
	From      string `json:"from,omitempty"`
	FromBytes []byte `json:"from_base64,omitempty"`
	Size      int64  `json:"size"`
	Why       string `json:"why"`
	OK        bool   `json:"ok,omitempty"`
	Error     string `json:"error,omitempty"`
}

type jsonConflict struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	Path
	LocalChange  sync.Change `json:"local_change"`
	RemoteChange sync.Change `json:"remote_change"`
	Loser        string      `json:"loser,omitempty"`
	Copy         string      `json:"copy,omitempty"`
	CopyBytes    []byte      `json:"copy_base64,omitempty"`
	Skipped      bool        `json:"skipped,omitempty"`
	Why          string      `json:"why"`
}

type jsonProblem struct {
	Type    string    `json:"type"`
	Profile string    `json:"profile,omitempty"`
	Side    sync.Side `json:"side"`
	Path
	Why string `json:"why"`
}

type jsonProgress struct {
	Type       string `json:"type"`
	Profile    string `json:"profile,omitempty"`
	Files      int    `json:"files"`
	FilesTotal int    `json:"files_total"`
	Bytes      int64  `json:"bytes"`
	BytesTotal int64  `json:"bytes_total"`
}

type jsonSummary struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	sync.Summary
	Exit int `json:"exit"`
}

func (r *jsonPass) Connecting() {}

func (r *jsonPass) Begin() {}

func (r *jsonPass) Event(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Scanned:
		r.problems(ev.Side, ev.Problems)
	case sync.Doubted:
		r.problems(ev.Side, ev.Problems)
	case sync.Comparing:
		if ev.Files < ev.FilesTotal && r.isTime() {
			r.write(jsonProgress{"comparing", r.head.Profile, ev.Files, ev.FilesTotal, ev.Bytes, ev.BytesTotal})
		}
	case sync.Planned:
		r.progressed = time.Time{}
		r.planned(ev.Plan)
	case sync.Progress:
		r.progress(ev)
	case sync.Finished:
		r.finished(ev)
	case sync.Noticed:
		r.o.Talk.Note("%s", ev.Text)
	}
}

func (r *jsonPass) problems(side sync.Side, problems []manifest.Problem) {
	for _, p := range problems {
		r.write(jsonProblem{"problem", r.head.Profile, side, PathOf(p.Path.Join(p.Name)), p.Why})
	}
}

func (r *jsonPass) planned(plan *sync.Plan) {
	for _, a := range plan.Actions.All() {
		if a.Kept && !a.Visible() { // a push or pull leaves the directory where it is
			r.write(jsonProblem{"problem", r.head.Profile, a.Side, PathOf(a.Path), a.Why})
		}
	}
	s := plan.Summary()
	r.total = meter.Work{Actions: s.Uploaded + s.Downloaded, Bytes: s.BytesUp + s.BytesDown}
	if !r.o.Talk.Quiet {
		r.write(jsonPlan{
			Type: "plan", Profile: r.head.Profile, Local: r.head.Local, Remote: r.head.Remote,
			Direction: r.head.Direction, DryRun: r.head.DryRun,
			Uploads: s.Uploaded, Downloads: s.Downloaded, DeletesLocal: s.DeletedLocal, DeletesRemote: s.DeletedRemote,
			Moves: s.Moved, Mkdirs: s.MadeDirs, Adopts: s.Adopted, Conflicts: s.Conflicts, Skips: s.Skipped, LeftOut: s.LeftOut,
			BytesUp: s.BytesUp, BytesDown: s.BytesDown,
		})
	}
	for _, c := range plan.Conflicts {
		r.conflict(c)
	}
	for _, s := range plan.Skips {
		if !s.Special {
			r.write(jsonProblem{"problem", r.head.Profile, s.Side, PathOf(s.Path.Join(s.Name)), s.Why})
		}
	}
	if r.head.DryRun && !r.o.Talk.Quiet {
		for _, a := range plan.Actions.All() {
			r.action(a, false, nil)
		}
	}
}

func (r *jsonPass) conflict(c sync.Conflict) {
	j := jsonConflict{
		Type: "conflict", Profile: r.head.Profile, Path: PathOf(c.Path),
		LocalChange: c.LocalChange, RemoteChange: c.RemoteChange, Skipped: c.Skipped, Why: c.Why,
	}
	if !c.Skipped {
		j.Loser = c.Loser.String()
	}
	copied := PathOf(c.Copy)
	j.Copy, j.CopyBytes = copied.Text, copied.Bytes
	r.write(j)
}

func (r *jsonPass) finished(ev sync.Finished) {
	if ev.Action.Op == sync.Upload || ev.Action.Op == sync.Download {
		r.done.Actions++
	}
	if ev.Err != nil || !r.o.Talk.Quiet {
		r.action(ev.Action, ev.Err == nil, ev.Err)
	}
}

func (r *jsonPass) action(a *sync.Action, ok bool, err error) {
	if !a.Visible() {
		return
	}
	j := jsonAction{
		Type: "action", Profile: r.head.Profile, Op: a.Op, Side: a.Side, Path: PathOf(a.Path),
		Size: a.Size, Why: a.Why, OK: ok,
	}
	from := PathOf(a.From)
	j.From, j.FromBytes = from.Text, from.Bytes
	if err != nil {
		j.Error = err.Error()
	}
	r.write(j)
}

func (r *jsonPass) progress(ev sync.Progress) {
	r.done.Bytes += ev.N
	if r.isTime() {
		r.write(jsonProgress{"progress", r.head.Profile, r.done.Actions, r.total.Actions, r.done.Bytes, r.total.Bytes})
	}
}

// isTime reports whether it is time to say how far something has come.
func (r *jsonPass) isTime() bool {
	now := r.o.Now()
	if r.progressed.IsZero() {
		r.progressed = now
	}
	if r.o.Talk.Quiet || now.Sub(r.progressed) < progressEvery {
		return false
	}
	r.progressed = now
	return true
}

func (r *jsonPass) End(s sync.Summary, err error) {
	code := r.o.Verdict.Exit(s, err)
	if err != nil {
		WriteError(r.o.Out, r.head.Profile, err, r.o.Verdict)
	}
	if !r.o.Talk.Quiet || code != 0 || s.ConflictsWaiting > 0 {
		r.write(jsonSummary{"summary", r.head.Profile, s, code})
	}
}

func (r *jsonPass) write(v any) { WriteJSON(r.o.Out, v) }
