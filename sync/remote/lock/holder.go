package lock

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"strings"
	"time"

	"ferry/internal/ftp"
)

// A holder says whose lock it is. It is written into the file "beat" in the lock.
type holder struct {
	Machine string `json:"machine"` // for people
	// Host is what earlier versions wrote in place of Machine.
	Host  string `json:"host,omitempty"`
	Token string `json:"token"` // of this one lock
	Beat  int    `json:"beat"`  // changes with each sign of life
	Since string `json:"since"`
}

func newHolder(machine string) holder {
	return holder{Machine: machine, Token: rand.Text()[:12], Since: time.Now().UTC().Format(time.RFC3339)}
}

// String says for people whose lock it is.
func (h holder) String() string {
	switch name := ftp.Printable(cmp.Or(h.Machine, h.Host)); {
	case name == "":
		return "a machine that has just begun"
	case h.Since == "":
		return "machine " + name
	default:
		return "machine " + name + ", since " + ftp.Printable(h.Since)
	}
}

func (l *Lock) writeHolder(ctx context.Context, h holder) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return l.pool.Do(ctx, "writing a lock", func(ctx context.Context, s *ftp.Session) error {
		_, _, err := s.Store(ctx, l.own("lock/beat"), 0, bytes.NewReader(text))
		return err
	})
}

// readHolder returns who holds the lock in dir, the zero holder where that cannot be read, yet
// or any more.
func (l *Lock) readHolder(ctx context.Context, dir string) (h holder, err error) {
	err = l.pool.Do(ctx, "reading a lock", func(ctx context.Context, s *ftp.Session) error {
		in, err := s.Retrieve(ctx, l.in(dir, "lock/beat"), 0)
		if err != nil {
			if class, is := ftp.ClassOf(err); is && class == ftp.File {
				return nil
			}
			return err
		}
		text, err := io.ReadAll(io.LimitReader(in, 4096))
		if err != nil {
			in.Abort()
			return err
		}
		if _, err := in.Finish(); err != nil {
			return err
		}
		if json.Unmarshal(text, &h) != nil {
			h = holder{Token: strings.ToValidUTF8(string(text), "?")}
		}
		return nil
	})
	return h, err
}
