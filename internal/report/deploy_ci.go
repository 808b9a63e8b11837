package report

import (
	"fmt"
	"strconv"
	"strings"

	"ferry/internal/ci"
)

// mostSummaryPaths is how many paths the summary page of a CI run names.
const mostSummaryPaths = 100

// DeployOutputs returns what later steps of a CI run can read of a deploy. pathsFile is the file
// with the changed paths, "" where there is none.
func DeployOutputs(d DeployResult, pathsFile string) []ci.Output {
	outputs := []ci.Output{
		{Name: "changed", Value: strconv.FormatBool(d.WentLive())},
		{Name: "release", Value: strconv.Itoa(d.Release)},
		{Name: "previous", Value: strconv.Itoa(d.Previous)},
		{Name: "uploaded", Value: strconv.Itoa(d.Uploaded)},
		{Name: "deleted", Value: strconv.Itoa(d.Deleted)},
	}
	drift := 0
	if d.Plan != nil {
		drift = len(d.Plan.Drift)
	}
	if pathsFile != "" {
		outputs = append(outputs, ci.Output{Name: "paths-file", Value: pathsFile})
	}
	return append(outputs, ci.Output{Name: "drift", Value: strconv.Itoa(drift)})
}

// writeFigures writes the table of a summary. That of a dry run claims no release.
func writeFigures(b *strings.Builder, head DeployHead, d DeployResult) {
	n := countChanges(d.Plan.Release.Changes)
	revision := "-"
	if d.Plan.Release.Revision != "" {
		revision = ci.Code(d.Plan.Release.Revision)
	}
	if head.DryRun {
		fmt.Fprintf(b, "**Dry run:** nothing was changed on the server.\n\n")
		fmt.Fprintf(b, "| revision | would be new | replaced | deleted |\n| --- | --- | --- | --- |\n")
		fmt.Fprintf(b, "| %s | %d | %d | %d |\n\n", revision, n.added, n.modified, n.removed)
		return
	}
	if head.Rollback && d.Committed {
		fmt.Fprintf(b, "Went back to release %d.\n\n", d.Plan.Release.Back)
	}
	fmt.Fprintln(b, "| release | revision | new | replaced | deleted | uploaded | seconds | live within |")
	fmt.Fprintln(b, "| --- | --- | --- | --- | --- | --- | --- | --- |")
	fmt.Fprintf(b, "| %d | %s | %d | %d | %d | %s | %.1f | %d ms |\n\n", d.Release, revision,
		n.added, n.modified, n.removed, Size(d.BytesUp), d.Seconds, d.Mixed.Milliseconds())
}

// DeploySummary returns the page about a deploy, in Markdown.
func DeploySummary(head DeployHead, d DeployResult) string {
	var b strings.Builder
	title := head.Profile
	if title == "" {
		title = head.Remote
	}
	fmt.Fprintf(&b, "### ferry: %s\n\n", ci.Code(title))
	if d.Err != nil {
		fmt.Fprintf(&b, "**Failed:** %s\n\n", ci.Code(d.Err.Error()))
	}
	if d.Plan == nil {
		return b.String()
	}
	writeFigures(&b, head, d)
	for _, one := range d.Plan.Drift {
		fmt.Fprintf(&b, "- %s\n", ci.Code(driftText(one, head)))
	}
	if head.Keeps && head.Profile != "" && d.Committed && d.Previous != 0 && !head.Rollback {
		fmt.Fprintf(&b, "\nGo back to release %d: %s\n", d.Previous, ci.Code("ferry rollback "+head.Profile))
	}
	lines := MarkedPaths(d.Plan.Release.Changes)
	if len(lines) == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, "\n<details><summary>%d changes</summary>\n\n", len(lines))
	for i, line := range lines {
		if i == mostSummaryPaths {
			fmt.Fprintf(&b, "- and %d more\n", len(lines)-i)
			break
		}
		fmt.Fprintf(&b, "- %s\n", ci.Code(line))
	}
	fmt.Fprintln(&b, "\n</details>")
	return b.String()
}
