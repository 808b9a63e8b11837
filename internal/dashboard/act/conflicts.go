package act

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"ferry/internal/app"
	"ferry/manifest"
)

// What a list holds at most: the page shows the others when these are settled.
const (
	mostConflicts = 50
	mostContent   = 3 << 20 // bytes of all versions together
)

// A ConflictList is what nobody has settled yet.
type ConflictList struct {
	Conflicts []Conflict `json:"conflicts"`
	More      int        `json:"more,omitempty"`     // conflicts that are not in the list
	Problems  int        `json:"problems,omitempty"` // parts of a side that could not be read
}

// A Conflict is two versions of one path.
type Conflict struct {
	ID       string     `json:"id"` // of the conflict with these very versions
	Path     []byte     `json:"path"`
	Copy     []byte     `json:"copy,omitempty"` // empty: each side has its own under the name
	Why      string     `json:"why"`
	Versions [2]Version `json:"versions"` // that of the local and that of the remote side
}

// A Version is one of the two versions.
type Version struct {
	There   bool      `json:"there"`
	Kind    string    `json:"kind"`
	Size    int64     `json:"size"`
	Time    time.Time `json:"time,omitzero"`
	Content []byte    `json:"content,omitempty"`
	Text    bool      `json:"text,omitempty"`     // the content is text
	NotRead string    `json:"not_read,omitempty"` // why there is no content, as "is large"
}

// A Settling says which version of a conflict is kept: local, remote or both.
type Settling struct {
	ID   string   `json:"id"`
	Keep app.Keep `json:"keep"`
}

func conflicts(ctx context.Context, a *app.Acting) (*ConflictList, error) {
	s, err := a.Opener.Snapshot(ctx, a.Pair, false)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	list := &ConflictList{}
	for _, side := range app.Sides {
		list.Problems += len(s.Problems[side])
	}
	shown := s.Conflicts[:min(len(s.Conflicts), mostConflicts)]
	list.More = len(s.Conflicts) - len(shown)
	room := mostContent
	for _, c := range shown {
		one := Conflict{ID: idOf(c), Path: []byte(c.Path), Why: c.Why}
		if !c.Waits() {
			one.Copy = []byte(c.Copy)
		}
		if err := versions(ctx, s, c, &one, &room); err != nil {
			return nil, err
		}
		list.Conflicts = append(list.Conflicts, one)
	}
	return list, nil
}

// versions fills in the two versions, with what they hold as far as there is room.
func versions(ctx context.Context, s *app.Snapshot, c *app.Conflict, one *Conflict, room *int) error {
	a, b := s.Placed(c)
	if int64(*room) >= readable(a)+readable(b) {
		var err error
		if a, b, err = s.Versions(ctx, c); err != nil {
			return err
		}
	} else {
		a.NoText, b.NoText = "is not read: there are too many", "is not read: there are too many"
	}
	// The first version has the name, the second is the copy; where the conflict waits,
	// they are those of the local and the remote side.
	if !c.Waits() && c.Loser == app.Local {
		a, b = b, a
	}
	for i, v := range []app.Version{a, b} {
		w := Version{There: v.Entry.Exists(), Kind: v.Entry.Kind.String(), Size: v.Entry.Size, Time: v.Entry.Time(), NotRead: v.NoText, Content: v.Content}
		if v.NoText == "" && w.There {
			w.Text, w.Content = true, []byte(v.Text)
		}
		if w.Content != nil {
			w.NotRead = ""
		}
		*room -= len(w.Content)
		one.Versions[i] = w
	}
	return nil
}

// readable is how much of a version is read to be shown, in bytes.
func readable(v app.Version) int64 {
	if v.Entry.Size > app.TextLimit {
		return 0
	}
	return v.Entry.Size
}

// idOf names a conflict and what its versions are.
func idOf(c *app.Conflict) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q", c.Path, c.Copy)
	for _, on := range [][2]manifest.Entry{c.Named, c.Copied} {
		for _, e := range on {
			fmt.Fprintf(sum, " %s %d %d", e.Kind, e.Size, e.Time().UnixNano())
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func settle(ctx context.Context, a *app.Acting, w Settling) (*Done, error) {
	if !slices.Contains([]app.Keep{app.KeepLocal, app.KeepRemote, app.KeepBoth}, w.Keep) {
		return nil, fmt.Errorf("%q is none of local, remote, both", w.Keep)
	}
	s, err := a.Opener.Snapshot(ctx, a.Pair, false)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	at := slices.IndexFunc(s.Conflicts, func(c *app.Conflict) bool { return idOf(c) == w.ID })
	if at < 0 {
		return nil, &app.Error{Code: app.ExitFailed, Err: errors.New("the conflict is settled, or one of its versions has changed since it was shown: nothing was done"),
			Hint: "look at the conflicts again"}
	}
	done, err := a.Opener.Resolve(ctx, a.Pair, s, s.Conflicts[at], w.Keep, false)
	return &Done{done}, err
}
