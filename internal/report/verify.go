package report

import (
	"fmt"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync/verify"
)

// A Verification shows what a comparison of both sides found.
type Verification struct {
	head Head
	o    Options

	live       *Live
	lines      *progressLines
	now        verify.Progress
	line       lockedLine
	progressed time.Time
}

// NewVerification returns what shows one comparison.
func NewVerification(head Head, o Options) *Verification { return &Verification{head: head, o: o} }

// Progress shows how far the comparison has got. Calls must not overlap.
func (v *Verification) Progress(p verify.Progress) {
	v.now = p
	switch {
	case v.o.JSON:
		v.jsonProgress()
	case v.o.Terminal != nil:
		v.o.drawing()
		v.line.set(v.progressLine())
		if v.live == nil {
			v.live = NewLive(v.o.Screen, v.o.Terminal, v.o.Width, func(int, int) []string { return v.line.lines() })
		}
		v.live.Redraw()
	case v.o.Lines:
		v.o.drawing()
		v.line.set(v.progressLine())
		if v.lines == nil {
			v.lines = newProgressLines(v.o.Talk, func() string { return v.line.lines()[0] })
		}
	}
}

func (v *Verification) progressLine() string {
	p := v.now
	percent := int64(100)
	if p.BytesTotal > 0 {
		percent = min(100*p.Bytes/p.BytesTotal, 100)
	}
	return fmt.Sprintf("comparing %d of %s, %s of %s, %d %%", p.Contents/2, text.Count(p.ContentsTotal/2, "file"),
		Size(p.Bytes/2), Size(p.BytesTotal/2), percent)
}

func (v *Verification) jsonProgress() {
	now := v.o.Now()
	if v.progressed.IsZero() {
		v.progressed = now
	}
	if v.o.Talk.Quiet || now.Sub(v.progressed) < progressEvery {
		return
	}
	v.progressed = now
	v.write(jsonProgress{"progress", v.head.Profile, v.now.Contents / 2, v.now.ContentsTotal / 2, v.now.Bytes / 2, v.now.BytesTotal / 2})
}

// End shows the result. An error that kept the comparison from its end is left to the
// caller, but for JSON.
func (v *Verification) End(r verify.Result, err error, exit int) {
	if v.live != nil {
		v.live.Close()
	}
	v.lines.close()
	switch {
	case v.o.JSON:
		v.endJSON(r, err, exit)
	case err == nil && (!v.o.Talk.Quiet || exit != 0):
		v.endText(r)
	}
}

func (v *Verification) endText(r verify.Result) {
	title := ""
	if v.head.Titled && v.head.Profile != "" {
		title = v.head.Profile + ": "
	}
	for _, d := range r.Differences {
		fmt.Fprintf(v.o.Out, "  %-12s  %s\n", differenceWord(d.Kind), differenceText(d))
	}
	for _, d := range r.Doubts {
		fmt.Fprintf(v.o.Out, "  %-12s  %s on the %s side: %s\n", "not compared", sideProblem{d.Side, d.Problem}.where(), d.Side, text.Clean(d.Why))
	}
	if v.o.Verbose {
		for _, s := range r.Skipped {
			fmt.Fprintf(v.o.Out, "  %-12s  %s: %s\n", "skipped", text.Clean(string(s.Path)), text.Clean(s.Why))
		}
	}
	fmt.Fprintln(v.o.Out, title+verdictText(r))
}

func differenceWord(k verify.Kind) string {
	if k == verify.OnlyLocal || k == verify.OnlyRemote {
		return string(k)
	}
	return "different"
}

func differenceText(d verify.Difference) string {
	path := text.Clean(string(d.Path))
	one := d.Local
	if d.Kind == verify.OnlyRemote {
		one = d.Remote
	}
	switch {
	case d.Kind == verify.Type && d.Local.IsFile():
		return path + "  a file on the local side, a directory on the remote side"
	case d.Kind == verify.Type:
		return path + "  a directory on the local side, a file on the remote side"
	case d.Kind == verify.Content && d.Local.Size == d.Remote.Size:
		return path + "  " + Size(d.Local.Size) + " on both sides, with different contents"
	case d.Kind == verify.Content:
		return fmt.Sprintf("%s  %s on the local side, %s on the remote side", path, sizeBeside(d.Local, d.Remote), sizeBeside(d.Remote, d.Local))
	case one.IsDir():
		return path + "/"
	}
	return path + "  " + Size(one.Size)
}

// sizeBeside returns the size of a file, in bytes where the short form is that of the
// other one, too.
func sizeBeside(e, other manifest.Entry) string {
	if Size(e.Size) == Size(other.Size) {
		return fmt.Sprintf("%d bytes", e.Size)
	}
	return Size(e.Size)
}

// verdictText returns the last line of a comparison.
func verdictText(r verify.Result) string {
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", what, n))
		}
	}
	for _, k := range []verify.Kind{verify.OnlyLocal, verify.OnlyRemote} {
		add(r.Count(k), string(k))
	}
	add(r.Count(verify.Content)+r.Count(verify.Type), "different")
	add(len(r.Doubts), "not compared")
	word := "not in sync: "
	switch {
	case r.InSync():
		word = "in sync: "
	case len(r.Differences) == 0:
		word = "in sync as far as it could be compared: "
	}
	parts = append(parts, "equal "+text.Count(r.Same, "file"))
	add(len(r.Skipped), "skipped")
	parts = append(parts, "read "+Size(r.BytesDown)+" from the server", durationText(r.Seconds))
	return word + strings.Join(parts, ", ")
}

type jsonDifference struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	Path
	What   string     `json:"what"`
	Local  *jsonEntry `json:"local,omitempty"`
	Remote *jsonEntry `json:"remote,omitempty"`
}

type jsonEntry struct {
	Kind string     `json:"kind"`
	Size int64      `json:"size"`
	Time *time.Time `json:"time,omitempty"`
}

type jsonVerified struct {
	Type        string  `json:"type"`
	Profile     string  `json:"profile,omitempty"`
	InSync      bool    `json:"in_sync"`
	Equal       int     `json:"equal"`
	OnlyLocal   int     `json:"only_local"`
	OnlyRemote  int     `json:"only_remote"`
	Different   int     `json:"different"`
	NotCompared int     `json:"not_compared"`
	Skipped     int     `json:"skipped"`
	BytesDown   int64   `json:"bytes_down"`
	Seconds     float64 `json:"seconds"`
	Exit        int     `json:"exit"`
}

func entryJSON(e manifest.Entry) *jsonEntry {
	if !e.Exists() {
		return nil
	}
	j := &jsonEntry{Kind: e.Kind.String(), Size: e.Size}
	if t := e.Time(); !t.IsZero() {
		j.Time = &t
	}
	return j
}

func (v *Verification) endJSON(r verify.Result, err error, exit int) {
	if err != nil {
		WriteError(v.o.Out, v.head.Profile, err, v.o.Verdict)
		return
	}
	for _, d := range r.Differences {
		what := map[verify.Kind]string{verify.OnlyLocal: "only_local", verify.OnlyRemote: "only_remote"}[d.Kind]
		if what == "" {
			what = string(d.Kind)
		}
		v.write(jsonDifference{"difference", v.head.Profile, PathOf(d.Path), what, entryJSON(d.Local), entryJSON(d.Remote)})
	}
	for _, d := range r.Doubts {
		v.write(jsonProblem{"problem", v.head.Profile, d.Side, PathOf(d.Path.Join(d.Name)), d.Why})
	}
	if !v.o.Talk.Quiet || exit != 0 {
		v.write(jsonVerified{
			Type: "summary", Profile: v.head.Profile, InSync: r.InSync(), Equal: r.Same,
			OnlyLocal: r.Count(verify.OnlyLocal), OnlyRemote: r.Count(verify.OnlyRemote),
			Different: r.Count(verify.Content) + r.Count(verify.Type), NotCompared: len(r.Doubts), Skipped: len(r.Skipped),
			BytesDown: r.BytesDown, Seconds: r.Seconds, Exit: exit,
		})
	}
}

func (v *Verification) write(x any) { WriteJSON(v.o.Out, x) }

// A lockedLine is one line that may be changed while it is drawn.
type lockedLine struct {
	mu   stdsync.Mutex
	text string
}

func (l *lockedLine) set(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = text
}

func (l *lockedLine) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return []string{l.text}
}
