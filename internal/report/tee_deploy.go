package report

import "ferry/internal/deploy"

// Deploys shows a deploy in several ways.
type Deploys []Deploy

// Event implements [Deploy].
func (all Deploys) Event(ev deploy.Event) {
	for _, d := range all {
		d.Event(ev)
	}
}

// End implements [Deploy].
func (all Deploys) End(result DeployResult) {
	for _, d := range all {
		d.End(result)
	}
}
