package dashboard

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ferry/internal/dashboard/dashboardtest"
	"ferry/internal/test/program"
	"ferry/internal/test/realftp"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

func TestMain(m *testing.M) {
	code := realftp.Main(m)
	program.Remove()
	os.Exit(code)
}

//go:embed testdata/axe/axe.min.js
var axe string

// chromium returns the path of a browser.
func chromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("FERRY_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	realftp.NotTested(t, "NOT TESTED in a browser: there is no chromium (apt-get install chromium), and FERRY_CHROMIUM names none")
	return ""
}

// A tab is a page in a browser of its own. Errors of its scripts fail the test.
type tab struct {
	*testing.T
	ctx context.Context
	at  string // the address of the overview
}

// open opens the page of a rig as ferry does: with the file that leads to it.
func open(t *testing.T, rig *dashboardtest.Rig) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900),
		chromedp.WSURLReadTimeout(2*time.Minute))
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	ctx, endTime := context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		endTime()
		end()
		endAllocator()
	})
	b := &tab{T: t, ctx: ctx}
	chromedp.ListenTarget(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("a script failed: %s", ev.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if ev.Type == runtime.APITypeError {
				t.Errorf("the console: %s", ev.Args[0].Value)
			}
		}
	})
	wayIn, remove, err := rig.Page.WayIn()
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	b.do(chromedp.Navigate("file://" + wayIn))
	b.until("the overview", `location.protocol === "http:" && document.body.dataset.connected === "yes"`)
	b.do(chromedp.Location(&b.at))
	if strings.Contains(b.at, "token") {
		t.Errorf("the token stays in the address: %s", b.at)
	}
	return b
}

func (b *tab) do(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// goTo opens another page of the dashboard.
func (b *tab) goTo(page string) {
	b.Helper()
	b.do(chromedp.Navigate(b.at + page))
}

// until waits until an expression is true.
func (b *tab) until(what, expression string) {
	b.Helper()
	for end := time.Now().Add(40 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		is := false
		_ = chromedp.Run(b.ctx, chromedp.Evaluate(`Boolean(`+expression+`)`, &is)) // a page may be loading
		if is {
			return
		}
		if time.Now().After(end) {
			b.Fatalf("%s: not within 40 s:\n%s", what, b.text())
		}
	}
}

// text returns what is to be read.
func (b *tab) text() string {
	b.Helper()
	var text string
	b.do(chromedp.Evaluate(`document.body.innerText`, &text))
	return text
}

// see waits until the page has some texts.
func (b *tab) see(texts ...string) {
	b.Helper()
	for _, text := range texts {
		quoted, _ := json.Marshal(text)
		b.until("the text "+text, `document.body && document.body.innerText.includes(`+string(quoted)+`)`)
	}
}

// press presses a button by what is written on it, in the first part of the page that a
// selector finds.
func (b *tab) press(part, label string) {
	b.Helper()
	pressed := false
	quoted, _ := json.Marshal([]string{part, label})
	b.do(chromedp.Evaluate(`(([part, label]) => {
		const all = [...document.querySelector(part).querySelectorAll("button, a")];
		const one = all.find((button) => button.checkVisibility() && button.innerText.startsWith(label));
		if (one) one.click();
		return Boolean(one);
	})(`+string(quoted)+`)`, &pressed))
	if !pressed {
		b.Fatalf("there is no %q in %s:\n%s", label, part, b.text())
	}
}

// size changes the width of the window, and whether it is dark.
func (b *tab) size(width int64, dark bool) {
	b.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do(chromedp.EmulateViewport(width, 900),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}

// usable holds that axe finds nothing that keeps people from using the page.
func (b *tab) usable(what string) {
	b.Helper()
	var found []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	loaded := false
	if b.do(chromedp.Evaluate(`Boolean(window.axe)`, &loaded)); !loaded {
		b.do(chromedp.Evaluate(axe+"; 0", nil))
	}
	b.do(chromedp.Evaluate(`axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations)`, &found,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	for _, v := range found {
		for _, n := range v.Nodes {
			b.Errorf("%s: %s (%s): %s\n%s", what, v.Help, v.ID, n.HTML, n.FailureSummary)
		}
	}
}

// fits holds that the page is no wider than the window.
func (b *tab) fits(what string) {
	b.Helper()
	wide := 0
	b.do(chromedp.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &wide))
	if wide > 0 {
		b.Errorf("%s: the page is %d pixels wider than the window", what, wide)
	}
}

// picture saves what is seen, where FERRY_PICTURES names a directory.
func (b *tab) picture(name string) {
	b.Helper()
	dir := os.Getenv("FERRY_PICTURES")
	if dir == "" {
		return
	}
	var png []byte
	b.do(chromedp.Sleep(300*time.Millisecond), chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(fmt.Sprintf("%s/%s.png", dir, name), png, 0o644); err != nil {
		b.Fatal(err)
	}
}
