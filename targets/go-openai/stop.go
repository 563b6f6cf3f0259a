// Copied from templates/go/stop.go: change it there, then run node scripts/copy-templates.mjs.

package main

import (
	"context"
	"os/signal"
	"syscall"
	"time"
)

// drain is how long requests in flight may take after a TERM before their connections are cut.
const drain = time.Second

// untilTerm is done when a TERM comes.
func untilTerm() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
}
