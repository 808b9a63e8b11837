package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"ferry/sync/watch"
)

// A client that follows a pair gets a report at once, and one more only when something
// has changed.
func TestFollow(t *testing.T) {
	dir := shortDir(t)
	var queue atomic.Int32
	acquire(t, dir).Serve(Handler{Report: func() Report { return Report{Status: watch.Status{Queue: int(queue.Load())}} }})
	ctx, cancel := context.WithCancel(t.Context())
	var got []int
	err := find(t, dir).Follow(ctx, func(r Report) {
		got = append(got, r.Queue)
		if queue.Add(1) == 4 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || fmt.Sprint(got) != "[0 1 2 3]" {
		t.Errorf("%v, %v", got, err)
	}
}

// Close ends the connections of those who follow.
func TestFollowEndsWithClose(t *testing.T) {
	dir := shortDir(t)
	c := acquire(t, dir)
	c.Serve(Handler{Report: func() Report { return Report{} }})
	closed := make(chan error)
	err := find(t, dir).Follow(t.Context(), func(Report) { go func() { closed <- c.Close() }() })
	if err == nil {
		t.Error("no error")
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// A client that follows hears now and then that the process is there, and does not wait for one
// that hangs.
func TestFollowHangs(t *testing.T) {
	every, most := aliveEvery, mostSilence
	t.Cleanup(func() { aliveEvery, mostSilence = every, most })
	aliveEvery, mostSilence = 0, 5*time.Second
	dir := shortDir(t)
	goOn := make(chan struct{})
	var asked atomic.Int32
	acquire(t, dir).Serve(Handler{Report: func() Report {
		if asked.Add(1) > 3 {
			<-goOn
		}
		return Report{}
	}})
	t.Cleanup(func() { close(goOn) })
	told := 0
	err := find(t, dir).Follow(t.Context(), func(Report) {
		if told++; told == 3 {
			mostSilence = 0
		}
	})
	if told != 3 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("told %d times, %v", told, err)
	}
}

func TestPauseAndResume(t *testing.T) {
	dir := shortDir(t)
	said := make(chan string, 2)
	acquire(t, dir).Serve(Handler{Pause: func() { said <- "pause" }, Resume: func() { said <- "resume" }})
	p := find(t, dir)
	if err := errors.Join(p.Pause(t.Context()), p.Resume(t.Context())); err != nil {
		t.Fatal(err)
	}
	if a, b := <-said, <-said; a != "pause" || b != "resume" {
		t.Errorf("%s, %s", a, b)
	}
}

func TestAct(t *testing.T) {
	dir := shortDir(t)
	acquire(t, dir).Serve(Handler{Act: func(_ context.Context, what string, with json.RawMessage) (any, error) {
		if what == "echo" {
			return with, nil
		}
		return nil, &Refusal{"no " + what, "try echo"}
	}})
	var got map[string]string
	if err := find(t, dir).Act(t.Context(), "echo", map[string]string{"path": "a"}, &got); err != nil || got["path"] != "a" {
		t.Errorf("%v, %v", got, err)
	}
	var refusal *Refusal
	if err := find(t, dir).Act(t.Context(), "dance", nil, &got); !errors.As(err, &refusal) || *refusal != (Refusal{"no dance", "try echo"}) {
		t.Errorf("%v", err)
	}
}

// An act ends when the client has gone.
func TestActGivenUp(t *testing.T) {
	dir := shortDir(t)
	begun, gone := make(chan bool, 1), make(chan bool, 1)
	acquire(t, dir).Serve(Handler{Act: func(ctx context.Context, _ string, _ json.RawMessage) (any, error) {
		begun <- true
		<-ctx.Done()
		gone <- true
		return nil, ctx.Err()
	}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	if err := find(t, dir).Act(ctx, "wait", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	<-gone
}

func TestKeys(t *testing.T) {
	dir := shortDir(t)
	if keys, err := Keys(dir + "/none"); err != nil || len(keys) > 0 {
		t.Errorf("%v, %v", keys, err)
	}
	acquire(t, dir)
	if keys, err := Keys(dir); err != nil || fmt.Sprint(keys) != "[pair]" {
		t.Errorf("%v, %v", keys, err)
	}
}
