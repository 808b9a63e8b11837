package report

import (
	"fmt"
	"time"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
)

// A Version is what one side has of a file, in JSON.
type Version struct {
	Size int64      `json:"size"`
	Time *time.Time `json:"time,omitempty"`
}

// VersionOf returns e for JSON, nil where there is nothing.
func VersionOf(e manifest.Entry) *Version {
	if !e.Exists() {
		return nil
	}
	v := &Version{Size: e.Size}
	if t := e.Time(); !t.IsZero() {
		v.Time = &t
	}
	return v
}

// VersionLine says what each side has under a name.
func VersionLine(name string, on [2]manifest.Entry) string {
	l, r := Describe(on[sync.Local]), Describe(on[sync.Remote])
	if l == r {
		return fmt.Sprintf("%s  both sides %s\n", text.Clean(name), l)
	}
	return fmt.Sprintf("%s  local %s, remote %s\n", text.Clean(name), l, r)
}

// Describe returns the size and time of a version, the time as exact as it is known.
func Describe(e manifest.Entry) string {
	switch {
	case !e.Exists():
		return "nothing"
	case !e.IsFile():
		return e.Kind.String()
	}
	layout := map[manifest.Precision]string{
		manifest.Nanosecond: time.DateTime, manifest.Second: time.DateTime, manifest.Minute: "2006-01-02 15:04", manifest.Day: time.DateOnly,
	}[e.Precision]
	size := Size(e.Size)
	if layout == "" {
		return size
	}
	return size + " " + e.Time().Format(layout)
}
