package report

import (
	"fmt"
	"io"
	"time"

	"ferry/internal/text"
	"ferry/sync"
)

// A Pass shows one pass. Connecting may come first. Begin comes when both sides are connected, then events, one at a
// time. End comes last, with what the engine returned, also where nothing came before it.
type Pass interface {
	Connecting()
	Begin()
	Event(sync.Event)
	End(sync.Summary, error)
}

// A Head says which pass a report is about.
type Head struct {
	Name          string // of the pair; a pair given directly has one too
	Profile       string // "" for a pair given directly
	Local, Remote string // for people
	Direction     sync.Direction
	DryRun        bool
	// Copy says that both sides are on servers: Local is the source and Remote the target.
	Copy bool
	// Conflicts is the command that lists the conflicts of the pair; "": there is none.
	Conflicts string
	// Titled prints the name before the summary, where several profiles run.
	Titled bool
}

// Options say how passes are shown, and where.
type Options struct {
	Out  io.Writer // results
	Talk Talker    // messages
	Now  func() time.Time
	JSON bool
	// Verbose shows a line for each action.
	Verbose bool
	// Color paints what goes to Out where it needs a look.
	Color Color
	// Brief leaves out of a summary what did not happen.
	Brief bool
	// Terminal is where bars are drawn, above which Screen writes; nil: none are.
	Terminal io.Writer
	Screen   *Screen
	Width    int // of the terminal, in columns; 0: not known
	// Lines tells of the progress in lines of text every few seconds.
	Lines bool
	// Drawing is called before something is drawn that may have to make way for it; it may be
	// nil.
	Drawing func()

	Verdict Verdict
}

// A Verdict says what errors and summaries mean for those who started a pass.
type Verdict struct {
	// Exit is the exit code for a pass that ended with err, or came to its end.
	Exit func(s sync.Summary, err error) int
	// Hint is the way out of an error; "": none is known.
	Hint func(err error) string
	// Cause is what an error says without the file that it is about.
	Cause func(err error) string
	// After reports whether err happened when the pass itself was over.
	After func(err error) bool
}

// NewPass returns what shows one pass.
func NewPass(head Head, o Options) Pass {
	if o.JSON {
		return &jsonPass{head: head, o: o}
	}
	return &textPass{head: head, o: o}
}

// arrows say which way changes go.
var arrows = map[sync.Direction]string{sync.Both: "<->", sync.Push: "-->", sync.Pull: "<--"}

// Line names the two sides, and the way that changes go.
func (h Head) Line() string {
	name := ""
	if h.Profile != "" {
		name = h.Profile + ": "
	}
	return fmt.Sprintf("%s%s %s %s", name, text.Clean(h.Local), arrows[h.Direction], text.Clean(h.Remote))
}
