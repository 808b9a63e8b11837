//go:build !linux && !windows

package watcher

import "log/slog"

// openSystem starts to put notifications of the system into q.
func openSystem(_ string, q *queue, log *slog.Logger) (system, error) { return openOwn(q, log) }
