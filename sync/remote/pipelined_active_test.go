package remote

import (
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
)

// TestPipelinedActiveGivenUp holds that a server whose connections do not get through costs
// one attempt: everything comes in passive mode, and that is remembered.
func TestPipelinedActiveGivenUp(t *testing.T) {
	for name, fault := range map[string]ftpserver.Fault{
		"refused":             {Command: "ACTIVE", Refuse: "500 Illegal EPRT command."},
		"nobody comes":        {Command: "LISTING", Stall: true, Skip: 2, Times: 1},
		"cut":                 {Command: "ACTIVE", Close: true},
		"425 to the transfer": {Command: "LISTING", Refuse: "425 cannot connect", Skip: 2, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 20
			state := t.TempDir()
			h := manyFiles(t, ftpserver.Options{}, n, func(o *Options) { o.Retries, o.Connections, o.StateDir = 2, 1, state })
			armed := h.fault(fault)
			run := h.scanAll(n)
			h.fired(armed, 1)
			if texts, failed := h.readAll(run); len(texts) != n {
				t.Errorf("%d files came; errors: %v", len(texts), failed)
			}
			h.fired(armed, 1)
			if works, known := h.d.server.features.Known(ftp.ReachesActivePort); works || !known || ftp.Recall(h.d.server.opts.Options).Seen[ftp.ReachesActivePort] {
				t.Errorf("active mode: works %v, known %v", works, known)
			}
		})
	}
}

// TestPipelinedActiveIsOffered holds when active mode is tried where passive mode works.
func TestPipelinedActiveIsOffered(t *testing.T) {
	for _, tt := range []struct {
		name string
		n    int
		set  func(*Options)
		want bool
	}{
		{"many", 20, func(*Options) {}, !ftp.PromptsOnListen()},
		{"few", 3, func(*Options) {}, false},
		{"passive wanted", 20, func(o *Options) { o.Mode = ftp.Passive }, false},
		{"one command at a time", 20, func(o *Options) { o.Pipeline = ftp.PipelineOff }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := manyFiles(t, ftpserver.Options{}, tt.n, tt.set)
			active := h.fault(ftpserver.Fault{Command: "ACTIVE"})
			if _, failed := h.readAll(h.scanAll(tt.n)); len(failed) > 0 {
				t.Error(failed)
			}
			if got := active.Fired() > 0; got != tt.want {
				t.Errorf("active mode used: %v, want %v", got, tt.want)
			}
		})
	}
}
