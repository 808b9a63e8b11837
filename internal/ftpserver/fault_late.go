package ftpserver

import (
	"io"
	"os"
	"time"
)

// changeLater has a change made after its time, and returns the reply to the command now.
func (s *session) changeLater(verb, name string, fault *Fault) reply {
	from, files := s.renameFrom, s.srv.files
	s.after(fault.Later, func() {
		switch verb {
		case "RNTO":
			_ = files.Rename(from, name)
		case "DELE":
			_ = files.Remove(name)
		case "RMD":
			_ = files.RemoveDir(name)
		case "MKD":
			_ = files.Mkdir(name, 0o755)
		}
	})
	if fault.Refuse != "" {
		return replyOf(fault.Refuse)
	}
	if verb == "MKD" {
		return replyOf("257 Created.")
	}
	return replyOf("250 OK.")
}

// showLater takes away a file that was just stored, or with Empty what is in it, and gives it back after its time.
func (s *session) showLater(name string, fault *Fault) {
	files := s.srv.files
	f, err := files.Open(name)
	if err != nil {
		return
	}
	content, err := io.ReadAll(f)
	f.Close()
	if err != nil {
		return
	}
	if fault.Empty {
		if f, err := files.Create(name); err == nil {
			f.Close()
		}
	} else {
		_ = files.Remove(name)
	}
	s.after(fault.Later, func() {
		if f, err := files.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o644); err == nil {
			_, _ = f.Write(content)
			f.Close()
		}
	})
}

// after calls f when d is over, and what was to be called before it was, unless the server is closed.
func (s *session) after(d time.Duration, f func()) {
	done := make(chan struct{})
	s.srv.mu.Lock()
	before := s.srv.late
	s.srv.late = done
	s.srv.mu.Unlock()
	s.srv.done.Go(func() {
		defer close(done)
		select {
		case <-time.After(d):
		case <-s.srv.ctx.Done():
			return
		}
		if before != nil {
			<-before
		}
		f()
	})
}
