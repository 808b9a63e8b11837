// Package deploy tests whole deploys: the program with real directories on embedded and real
// servers. FERRY_DEPLOY_ALL=1 tries everything, as every place at which a run can be killed;
// without it, a share is tried.
package deploy
