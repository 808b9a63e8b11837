package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"time"
	"unicode/utf8"

	"ferry/manifest"
	"ferry/sync"
)

// A jsonReport writes one JSON object a line. Every object has a "type", and a
// "profile" where the pair has a name.
type jsonReport struct {
	head  passHead
	out   io.Writer
	now   func() time.Time
	quiet bool // only what is wrong
	talk  talker

	total, done work
	progressed  time.Time
}

// work counts files and bytes of transfers.
type work struct {
	files int
	bytes int64
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
	BytesUp       int64          `json:"bytes_up"`
	BytesDown     int64          `json:"bytes_down"`
}

// jsonPath is a path, which JSON cannot hold where it is no UTF-8: then its
// bytes are beside it in base64, and the text is only for people.
type jsonPath struct {
	Path  string `json:"path"`
	Bytes []byte `json:"path_base64,omitempty"`
}

type jsonAction struct {
	Type    string    `json:"type"`
	Profile string    `json:"profile,omitempty"`
	Op      sync.Op   `json:"op"`
	Side    sync.Side `json:"side"`
	jsonPath
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
	jsonPath
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
	jsonPath
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

type jsonError struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	Error   string `json:"error"`
	Hint    string `json:"hint,omitempty"`
	Exit    int    `json:"exit"`
}

type jsonSummary struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	sync.Summary
	Exit int `json:"exit"`
}

func (r *jsonReport) begin() {}

func (r *jsonReport) event(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Scanned:
		r.problems(ev.Side, ev.Problems)
	case sync.Doubted:
		r.problems(ev.Side, ev.Problems)
	case sync.Planned:
		r.planned(ev.Plan)
	case sync.Progress:
		r.progress(ev)
	case sync.Finished:
		r.finished(ev)
	case sync.Noticed:
		r.talk.note("%s", ev.Text)
	}
}

func (r *jsonReport) problems(side sync.Side, problems []manifest.Problem) {
	for _, p := range problems {
		r.write(jsonProblem{"problem", r.head.profile, side, pathOf(p.Path.Join(p.Name)), p.Why})
	}
}

func (r *jsonReport) planned(plan *sync.Plan) {
	s := planned(plan)
	r.total = work{s.Uploaded + s.Downloaded, s.BytesUp + s.BytesDown}
	if !r.quiet {
		r.write(jsonPlan{
			Type: "plan", Profile: r.head.profile, Local: r.head.local, Remote: r.head.remote,
			Direction: r.head.direction, DryRun: r.head.dryRun,
			Uploads: s.Uploaded, Downloads: s.Downloaded, DeletesLocal: s.DeletedLocal, DeletesRemote: s.DeletedRemote,
			Moves: s.Moved, Mkdirs: s.MadeDirs, Adopts: s.Adopted, Conflicts: s.Conflicts, Skips: s.Skipped,
			BytesUp: s.BytesUp, BytesDown: s.BytesDown,
		})
	}
	for _, c := range plan.Conflicts {
		r.conflict(c)
	}
	for _, s := range plan.Skips {
		if !s.Special {
			r.write(jsonProblem{"problem", r.head.profile, s.Side, pathOf(s.Path.Join(s.Name)), s.Why})
		}
	}
	if r.head.dryRun && !r.quiet {
		for i := range plan.Actions {
			r.action(&plan.Actions[i], false, nil)
		}
	}
}

func (r *jsonReport) conflict(c sync.Conflict) {
	j := jsonConflict{
		Type: "conflict", Profile: r.head.profile, jsonPath: pathOf(c.Path),
		LocalChange: c.LocalChange, RemoteChange: c.RemoteChange, Skipped: c.Skipped, Why: c.Why,
	}
	if !c.Skipped {
		j.Loser = c.Loser.String()
	}
	copied := pathOf(c.Copy)
	j.Copy, j.CopyBytes = copied.Path, copied.Bytes
	r.write(j)
}

func (r *jsonReport) finished(ev sync.Finished) {
	if ev.Action.Op == sync.Upload || ev.Action.Op == sync.Download {
		r.done.files++
	}
	if ev.Err != nil || !r.quiet {
		r.action(ev.Action, ev.Err == nil, ev.Err)
	}
}

func (r *jsonReport) action(a *sync.Action, ok bool, err error) {
	if !told(a) {
		return
	}
	j := jsonAction{
		Type: "action", Profile: r.head.profile, Op: a.Op, Side: a.Side, jsonPath: pathOf(a.Path),
		Size: a.Size, Why: a.Why, OK: ok,
	}
	from := pathOf(a.From)
	j.From, j.FromBytes = from.Path, from.Bytes
	if err != nil {
		j.Error = err.Error()
	}
	r.write(j)
}

func (r *jsonReport) progress(ev sync.Progress) {
	r.done.bytes += ev.N
	now := r.now()
	if r.progressed.IsZero() {
		r.progressed = now
	}
	if r.quiet || now.Sub(r.progressed) < progressEvery {
		return
	}
	r.progressed = now
	r.write(jsonProgress{"progress", r.head.profile, r.done.files, r.total.files, r.done.bytes, r.total.bytes})
}

func (r *jsonReport) end(s sync.Summary, err error) {
	code := endCode(s, err)
	if err != nil {
		writeJSONError(r.out, r.head.profile, err)
	}
	if !r.quiet || code != ExitOK {
		r.write(jsonSummary{"summary", r.head.profile, s, code})
	}
}

func (r *jsonReport) write(v any) { writeJSON(r.out, v) }

// writeJSONError writes the line of an error that ended a pass or the program.
func writeJSONError(w io.Writer, profile string, err error) {
	writeJSON(w, jsonError{"error", profile, err.Error(), hintFor(err), errorCode(err)})
}

func writeJSON(w io.Writer, v any) {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	_, _ = w.Write(controls.ReplaceAllFunc(line.Bytes(), escapeControl))
}

// controls matches the control characters that JSON may hold as they are, and
// that a terminal may take for commands.
var controls = regexp.MustCompile("[\x7f-\u009f]")

func escapeControl(c []byte) []byte {
	r, _ := utf8.DecodeRune(c)
	return fmt.Appendf(nil, `\u%04x`, r)
}

func pathOf(p manifest.Path) jsonPath {
	if utf8.ValidString(string(p)) {
		return jsonPath{Path: string(p)}
	}
	return jsonPath{string(p), []byte(p)}
}
