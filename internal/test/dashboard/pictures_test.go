package dashboard

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/dashboard/dashboardtest"

	"github.com/chromedp/chromedp"
)

// TestPictures draws the pictures of docs/images where FERRY_PICTURES names a directory: pairs in different states. The
// directories and the server of the test get the names of those of a user.
func TestPictures(t *testing.T) {
	if os.Getenv("FERRY_PICTURES") == "" {
		t.Skip("FERRY_PICTURES names no directory")
	}
	rig := dashboardtest.Start(t, "{conflict: skip, max-delete: 3}", func(r *dashboardtest.Rig) {
		for i := range 12 {
			dashboardtest.Write(t, filepath.Join(r.Local("backup"), fmt.Sprintf("2026-%02d.tar", i+1)), strings.Repeat("b", 90_000))
			dashboardtest.Write(t, filepath.Join(r.Local("site"), fmt.Sprintf("page-%d.html", i)), strings.Repeat("s", 7000*i))
		}
		dashboardtest.Write(t, filepath.Join(r.Local("notes"), "todo.md"), "- bread\n- milk\n")
		dashboardtest.Write(t, filepath.Join(r.Remote("notes"), "todo.md"), "- bread\n- tea, and honey\n")
	}, "site", "notes", "backup")
	b := open(t, rig)
	b.until("all are in sync", `document.querySelectorAll("[data-state=idle]").length === 3`)
	for i := range 9 {
		if err := os.Remove(filepath.Join(rig.Local("backup"), fmt.Sprintf("2026-%02d.tar", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	dashboardtest.Write(t, filepath.Join(rig.Local("site"), "index.html"), strings.Repeat("i", 12_000))
	b.see("halted: it needs you", "up 1 file 12 kB")
	b.size(1240, false)
	b.draw(rig, "dashboard", 1240, 560)
	b.goTo("pair?key=" + rig.Key("site"))
	b.see("uploaded index.html", "In the last hour")
	b.until("the plots", `document.querySelectorAll("#plot-hour canvas, #plot-month canvas").length === 2`)
	b.size(390, true)
	b.draw(rig, "dashboard-phone", 390, 780)
}

// draw saves the top of the page as a picture.
func (b *tab) draw(rig *dashboardtest.Rig, name string, width, height int64) {
	b.Helper()
	var png []byte
	b.do(chromedp.Evaluate(fmt.Sprintf(`dispatchEvent(new Event("pagehide")); (() => {
		const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node; node = all.nextNode(); ) {
			const text = node.data.replaceAll(%q, "~").replaceAll(/ferry (status|sync) (\w+) --config \S+ferry.yaml/g, "ferry $1 $2")
				.replaceAll(/ftp:\/\/ann@127\.0\.0\.1:\d+/g, "ftp://ann@nas.example.com").replaceAll("ferry test.", "ferry.");
			if (text !== node.data) node.data = text;
		}
	})()`, filepath.Join(rig.Dir, "local")), nil), chromedp.EmulateViewport(width, height), chromedp.Sleep(500*time.Millisecond), chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(filepath.Join(os.Getenv("FERRY_PICTURES"), name+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}
