package visitor

import (
	"fmt"
	"strings"
)

// A Site is one that visitors can judge: each file says of which release it is. Pages and style sheets are replaced in
// place; the names of scripts change with each release, as those of bundlers do.
type Site struct{ Pages, Styles, Scripts int }

const endOfPage = "</html>\n"

// Files returns the contents of the site by their paths. All of them differ from those of other releases.
func (s Site) Files(release int) map[string]string {
	files := make(map[string]string)
	for i := range s.Scripts {
		files[script(release, i)] = fmt.Sprintf("release=%d %s", release, strings.Repeat("script ", 70+(67*i+release)%500))
	}
	for i := range s.Pages {
		script := script(release, i%s.Scripts)
		text := strings.Repeat("text ", 400+(137*i+release)%1400)
		files[page(i)] = fmt.Sprintf("<html>release=%d script=%s %s%s", release, script, text, endOfPage)
	}
	for i := range s.Styles {
		files[style(i)] = fmt.Sprintf("release=%d %s", release, strings.Repeat("style ", 80+(97*i+release)%600))
	}
	return files
}

func page(i int) string { return fmt.Sprintf("p/%03d.html", i) }

func style(i int) string { return fmt.Sprintf("css/%02d.css", i) }

func script(release, i int) string { return fmt.Sprintf("assets/app%02d-%d.js", i, release) }
