package act

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ferry/internal/app"
)

// mostTrashed is how many things a list holds at most, the newest ones.
const mostTrashed = 2000

// A Looking says which things are listed: those whose path contains a text, in any case.
type Looking struct {
	For string `json:"for"`
}

// A TrashList is what both sides keep, the latest first.
type TrashList struct {
	Things []Trashed `json:"things"`
	More   int       `json:"more,omitempty"` // older things that are not in the list
	Bytes  int64     `json:"bytes"`          // of all of them
	Off    [2]bool   `json:"off"`            // the sides on which passes keep nothing
}

// A Trashed is one thing that was replaced or deleted.
type Trashed struct {
	ID        string    `json:"id"`
	Side      string    `json:"side"`
	Path      []byte    `json:"path"`
	When      time.Time `json:"when"`
	Size      int64     `json:"size"`
	Directory bool      `json:"directory,omitempty"`
}

// A Restoring names a thing, and says whether a file in its place goes to the trash.
type Restoring struct {
	ID   string `json:"id"`
	Over bool   `json:"over,omitempty"`
}

// openTrash opens the trash of both sides, and lists it.
func openTrash(ctx context.Context, a *app.Acting) (*app.Trash, []app.Trashed, error) {
	bin, err := a.Opener.Trash(ctx, a.Pair, func(app.Side) bool { return true })
	if err != nil {
		return nil, nil, err
	}
	things, err := bin.List(ctx, "", time.Time{})
	if err != nil {
		bin.Close()
		return nil, nil, err
	}
	return bin, things, nil
}

func trash(ctx context.Context, a *app.Acting, w Looking) (*TrashList, error) {
	bin, things, err := openTrash(ctx, a)
	if err != nil {
		return nil, err
	}
	defer bin.Close()
	list := &TrashList{}
	for side, keeps := range a.Pair.Policy().Trash {
		list.Off[side] = !keeps
	}
	wanted := strings.ToLower(w.For)
	for _, t := range things {
		switch {
		case !strings.Contains(strings.ToLower(string(t.Path)), wanted):
			continue
		case len(list.Things) == mostTrashed:
			list.More++
		default:
			list.Things = append(list.Things, Trashed{idOfTrashed(t), t.Side.String(), []byte(t.Path), t.When, t.Entry.Size, t.Entry.IsDir()})
		}
		list.Bytes += t.Entry.Size
	}
	return list, nil
}

func idOfTrashed(t app.Trashed) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %q %q", t.Side, t.Own, t.Trash, t.ID))
	return hex.EncodeToString(sum[:])
}

func restore(ctx context.Context, a *app.Acting, w Restoring) (*Done, error) {
	bin, things, err := openTrash(ctx, a)
	if err != nil {
		return nil, err
	}
	defer bin.Close()
	at := slices.IndexFunc(things, func(t app.Trashed) bool { return idOfTrashed(t) == w.ID })
	if at < 0 {
		return nil, &app.Error{Code: app.ExitFailed, Err: errors.New("this is not in the trash any more: nothing was done"), Hint: "look at the trash again"}
	}
	plan, err := bin.PlanRestore(ctx, things[at:at+1], w.Over)
	if err != nil {
		return nil, err
	}
	if _, err := bin.Restore(ctx, plan[0]); err != nil {
		return nil, err
	}
	return &Done{[]string{fmt.Sprintf("restored %s on the %s side", things[at].Path, things[at].Side)}}, nil
}
