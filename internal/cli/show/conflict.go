package show

import (
	"context"
	"fmt"

	"ferry/internal/app"
	"ferry/internal/report"
	"ferry/internal/text"
)

// A Conflict is one in JSON.
type Conflict struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	report.Path
	Copy       string          `json:"copy,omitempty"`
	CopyBytes  []byte          `json:"copy_base64,omitempty"`
	Loser      string          `json:"loser,omitempty"` // whose version the copy is
	Waiting    bool            `json:"waiting,omitempty"`
	Why        string          `json:"why"`
	Local      *report.Version `json:"local,omitempty"` // of what has the name
	Remote     *report.Version `json:"remote,omitempty"`
	CopyLocal  *report.Version `json:"copy_local,omitempty"`
	CopyRemote *report.Version `json:"copy_remote,omitempty"`
	Settled    string          `json:"settled,omitempty"` // local, remote or both
	Diff       string          `json:"diff,omitempty"`
}

// ConflictJSON returns c in JSON, of the pair with this profile.
func ConflictJSON(c *app.Conflict, profile string) Conflict {
	copied := report.PathOf(c.Copy)
	j := Conflict{
		Type: "conflict", Profile: profile, Path: report.PathOf(c.Path), Copy: copied.Text, CopyBytes: copied.Bytes,
		Waiting: c.Waits(), Why: c.Why,
		Local: report.VersionOf(c.Named[app.Local]), Remote: report.VersionOf(c.Named[app.Remote]),
		CopyLocal: report.VersionOf(c.Copied[app.Local]), CopyRemote: report.VersionOf(c.Copied[app.Remote]),
	}
	if !c.Waits() {
		j.Loser = c.Loser.String()
	}
	return j
}

// ConflictLines returns the lines of a list.
func ConflictLines(c *app.Conflict) string {
	s := fmt.Sprintf("%s: %s\n", text.Clean(string(c.Path)), text.Clean(c.Why))
	s += "  " + report.VersionLine(c.Path.Base(), c.Named)
	if !c.Waits() {
		s += "  " + report.VersionLine(c.Copy.Base(), c.Copied)
	}
	return s
}

// ConflictDiff returns how the two versions of a conflict differ, or a line that says
// why that cannot be shown.
func ConflictDiff(ctx context.Context, snapshot *app.Snapshot, c *app.Conflict) (string, error) {
	a, b, err := snapshot.Versions(ctx, c)
	if err != nil {
		return "", err
	}
	for _, v := range []app.Version{a, b} {
		if v.NoText != "" {
			return fmt.Sprintf("  no diff: %s %s\n", text.Clean(string(v.Path)), v.NoText), nil
		}
	}
	if a.Text == b.Text {
		return "  the versions are equal\n", nil
	}
	return report.Diff(diffTitle(a), diffTitle(b), a.Text, b.Text), nil
}

func diffTitle(v app.Version) string {
	return fmt.Sprintf("%s\t(%s, %s)", text.Clean(string(v.Path)), v.Side, report.Describe(v.Entry))
}
