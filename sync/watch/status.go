package watch

import (
	"time"

	"ferry/sync"
)

// State names what a pair is doing.
type State string

const (
	Starting   State = "starting" // no full pass was completed yet
	Idle       State = "idle"     // in step, as far as known
	Syncing    State = "syncing"  // a pass is running
	Waiting    State = "waiting"  // retries by itself, for example when the network is back
	Halted     State = "halted"   // needs the user; see Reason
	HandedOver State = "lent"     // another command works on the pair
	Paused     State = "paused"   // until the user resumes it
	Stopped    State = "stopped"
)

// Status is what a pair is doing, for people and programs. Two values can be
// compared with ==.
type Status struct {
	State  State     `json:"state"`
	Paused bool      `json:"paused,omitempty"` // the user wants it so; State may say that something else goes first
	Reason string    `json:"reason,omitempty"` // why it waits or is halted
	Hint   string    `json:"hint,omitempty"`   // what the user can do about it
	Since  time.Time `json:"since"`            // when State began
	// Queue is how many local paths wait for a pass, including those to be retried.
	Queue     int           `json:"queue"`
	Passes    int           `json:"passes"`             // ended so far, including partial and failed ones
	LastPass  time.Time     `json:"last_pass,omitzero"` // when the last pass ended
	LastFull  time.Time     `json:"last_full,omitzero"` // when the last full pass was completed
	Last      *sync.Summary `json:"last,omitempty"`     // of the last pass that did something or failed
	NextPoll  time.Time     `json:"next_poll,omitzero"`
	NextTry   time.Time     `json:"next_try,omitzero"` // of a waiting or halted pair
	Conflicts int           `json:"conflicts"`         // since the start
	// ConflictsWaiting is how many conflicts nobody has settled yet, also those from
	// before the start.
	ConflictsWaiting int `json:"conflicts_waiting"`
	// Failed is how many files failed, or could not be read, when they were last
	// tried: those of the last full pass until all of them succeeded, or those of
	// later partial passes.
	Failed int `json:"failed"`
}

// Overdue reports whether something that was planned for the pair is late.
func (s Status) Overdue(now time.Time) bool {
	var due time.Time
	switch s.State {
	case Idle:
		due = s.NextPoll
	case Waiting, Halted:
		due = s.NextTry
	}
	return !due.IsZero() && now.After(due.Add(5*time.Second))
}

// acted reports whether a pass changed something.
func acted(s sync.Summary) bool {
	return s.Uploaded+s.Downloaded+s.DeletedLocal+s.DeletedRemote+s.Moved+s.MadeDirs+s.Adopted+s.Chmods+s.Links > 0
}

// changedDirs reports whether a pass may have added directories to the base or
// removed some.
func changedDirs(s sync.Summary) bool {
	return s.MadeDirs+s.DeletedLocal+s.DeletedRemote+s.Moved+s.Adopted > 0
}
