package app

import (
	"ferry/internal/daemon"
	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftp/check"
	"ferry/internal/ftp/third"
	"ferry/internal/private"
	"ferry/internal/trusted"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/watch"
)

// Types of other packages that callers need with this one, so that they need not import
// those.
type (
	Summary      = sync.Summary
	Direction    = sync.Direction
	ConflictRule = sync.ConflictRule
	Limits       = sync.Limits
	Side         = sync.Side
	Op           = sync.Op
	Path         = manifest.Path

	// ServerReport is what [Opener.Check] finds out about a server.
	ServerReport  = check.Report
	BetweenReport = check.Between // of two
	TLSReport     = check.TLSReport
	ClockReport   = check.ClockReport
	// Trace is what one try to open a data connection went through.
	Trace     = ftp.Trace
	TraceStep = ftp.TraceStep
	// DataMode says how data connections are made, and Pipeline whether several
	// commands are sent at a time.
	DataMode = ftp.Mode
	Pipeline = ftp.Pipeline
	// Between says when files of a copy go directly from server to server.
	Between = third.Mode
	// ListFormat is the format of the server's listings.
	ListFormat = ftp.ListFormat

	// DriftRule and FirstRule say how a deploy meets what others did; DeployResult is what
	// it came to.
	DriftRule    = deploy.DriftRule
	FirstRule    = deploy.FirstRule
	DeployResult = deploy.Result

	// TrustStore remembers which configuration files the user trusts.
	TrustStore  = trusted.Store
	TrustRecord = trusted.Record

	// WatchReport is what another process says about a pair that it watches.
	WatchReport = daemon.Report
	// WatchStatus is what a pair is doing that this process watches.
	WatchStatus = watch.Status
)

// The directions and sides.
const (
	Both = sync.Both
	Push = sync.Push
	Pull = sync.Pull

	Local  = sync.Local
	Remote = sync.Remote
)

// The operations of passes.
const (
	OpUpload   = sync.Upload
	OpDownload = sync.Download
	OpDelete   = sync.Delete
	OpMove     = sync.Rename
	OpMkdir    = sync.Mkdir
	OpRmdir    = sync.Rmdir
	OpLink     = sync.Link
	OpAdopt    = sync.Adopt
	OpConflict = sync.SetAside
)

// The states of a watched pair that callers tell apart.
const (
	Idle    = watch.Idle
	Passing = watch.Syncing
	Halted  = watch.Halted
)

// Sides are both sides, in their order.
var Sides = [...]Side{Local, Remote}

// OwnDir is the directory below each root in which ferry keeps its own files.
const OwnDir = manifest.Own

// LevelDialogue is the level at which the FTP dialogue is logged.
const LevelDialogue = ftp.LevelDialogue

// WritePrivate is [private.WriteFile].
func WritePrivate(path string, text []byte) error { return private.WriteFile(path, text) }
