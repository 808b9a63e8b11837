package remote

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"
)

func TestHand(t *testing.T) {
	port, _ := strconv.Atoi(os.Getenv("HAND_PORT"))
	if port == 0 {
		t.Skip()
	}
	host := os.Getenv("HAND_HOST")
	if host == "" {
		host = "127.0.0.1"
	}
	o := Options{Host: host, Port: port, User: "sync", Password: func() (string, error) { return "secret", nil }, Timeout: 10 * time.Second, Insecure: true,
		Notice: func(s string) { t.Log("NOTICE", s) }, StateDir: os.Getenv("HAND_STATE")}
	o.Mode.UnmarshalText([]byte(os.Getenv("HAND_MODE")))
	switch os.Getenv("HAND_TLS") {
	case "explicit":
		o.Security = Explicit
	case "implicit":
		o.Security = Implicit
	}
	if os.Getenv("HAND_LOG") != "" {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: LevelDialogue}))
	}
	p := newPool(o)
	defer p.close()
	ctx := context.Background()
	sizes := []int{0, 1, 1000, 20000, 70000, 1 << 20}
	n := 12
	begin := time.Now()
	for i := range n {
		size := sizes[i%len(sizes)]
		data := make([]byte, size)
		rand.Read(data)
		name := fmt.Sprintf("/hand%d", i)
		err := p.do(ctx, "x", func(ctx context.Context, s *session) error {
			sent, final, err := s.stor(ctx, name, 0, bytes.NewReader(data))
			if err != nil {
				return fmt.Errorf("stor %d: %w", size, err)
			}
			if sent != int64(size) || !final.ok() {
				t.Errorf("sent %d %v", sent, final)
			}
			r, err := s.cmd(ctx, "SIZE "+name)
			if err != nil {
				return err
			}
			if r.text != strconv.Itoa(size) {
				t.Errorf("SIZE %v want %d", r, size)
			}
			d, err := s.retr(ctx, name, 0)
			if err != nil {
				return fmt.Errorf("retr: %w", err)
			}
			got, err := io.ReadAll(d)
			if err != nil {
				return fmt.Errorf("read %d: %w", size, err)
			}
			if _, err := d.finish(); err != nil {
				return fmt.Errorf("finish %d: %w", size, err)
			}
			if !bytes.Equal(got, data) || !d.clean() {
				t.Errorf("%d bytes differ or unclean %v", size, d.clean())
			}
			if size > 100 {
				d, err := s.retr(ctx, name, 50)
				if err != nil {
					return fmt.Errorf("retr: %w", err)
				}
				got, _ := io.ReadAll(d)
				if _, err := d.finish(); err != nil || !bytes.Equal(got, data[50:]) {
					t.Errorf("REST %v %d", err, len(got))
				}
			}
			if _, err = s.retr(ctx, "/missing", 0); err == nil {
				t.Error("missing there")
			}
			if _, _, err = s.stor(ctx, "/missing/x", 0, bytes.NewReader(data)); err == nil {
				t.Error("missing stor")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Log("transfers", time.Since(begin))
	err := p.do(ctx, "y", func(ctx context.Context, s *session) error {
		t.Logf("mode %v form %v dots %v feat %v", s.c.book.first, s.f.listForm.command(), s.f.dots, s.f.words())
		if s.c.tls != nil {
			cs := s.c.dataTLS
			t.Logf("tls %x resumed %v", cs.Version, cs.DidResume)
		}
		raw, err := s.list(ctx, "/", s.f.listForm)
		if err != nil {
			return err
		}
		t.Logf("%s\nclean %v final %v", raw.data[:min(300, len(raw.data))], raw.clean, raw.final)
		_, err = s.list(ctx, "/nope", s.f.listForm)
		t.Log(err)
		var lines []string
		for i := range 3000 {
			lines = append(lines, fmt.Sprintf("SIZE /hand%d", i))
		}
		rs, err := s.batch(ctx, lines)
		if err != nil || len(rs) != 3000 || rs[0].text != "0" || rs[2999].code != 550 {
			t.Error(len(rs), err, rs[0])
		}
		lines = nil
		for i := range n {
			lines = append(lines, fmt.Sprintf("DELE /hand%d", i))
		}
		_, err = s.batch(ctx, lines)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
