package ftp

import (
	"fmt"

	"ferry/internal/ftp/datamode"
)

// Mode says who opens data connections.
type Mode uint8

// The modes. Auto finds out by trial which one works, and remembers it.
const (
	Auto    Mode = iota
	Passive      // EPSV or PASV: we connect to the server
	Active       // EPRT or PORT: the server connects to us
)

var modes = [...]string{"auto", "passive", "active"}

// String returns "auto", "passive" or "active".
func (m Mode) String() string { return modes[m] }

// MarshalText implements [encoding.TextMarshaler].
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Mode) UnmarshalText(text []byte) error {
	for i, name := range modes {
		if name == string(text) {
			*m = Mode(i)
			return nil
		}
	}
	return fmt.Errorf("must be auto, passive or active, not %q", text)
}

// A DataMode is a way to open data connections.
type DataMode = datamode.Mode

// A Trace records one attempt to open a data connection in one mode, step by step.
type (
	Trace     = datamode.Trace
	TraceStep = datamode.Step
)

// DataModes returns the data modes that m permits, in the order in which they are
// tried.
func (m Mode) DataModes() []DataMode {
	switch m {
	case Passive:
		return datamode.All[:2]
	case Active:
		return datamode.All[2:]
	}
	return datamode.All
}
