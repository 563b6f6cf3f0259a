// Command openai-upstream stands in for the OpenAI API while clients of it are compared: it speaks the chat
// completions protocol, paces its tokens by a script and fails on request, the same way every time.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// What compose/tls makes, where the image has it.
const (
	certificate    = "/etc/openai-upstream/upstream.pem"
	certificateKey = "/etc/openai-upstream/upstream.key"
)

func main() {
	settings, err := settingsFrom(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) == 2 && os.Args[1] == "health" {
		os.Exit(askHealth(settings.port))
	}
	if err := serve(settings); err != nil {
		log.Fatal(err)
	}
}

func serve(settings settings) error {
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()

	server := &http.Server{Handler: newUpstream(settings).routes(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 2)
	// TLS first: the health check asks the plain port, and speaks for both.
	if settings.tlsPort != 0 {
		encrypted, err := net.Listen("tcp", fmt.Sprintf(":%d", settings.tlsPort))
		if err != nil {
			return err
		}
		go func() { failed <- server.ServeTLS(encrypted, certificate, certificateKey) }()
	}
	plain, err := net.Listen("tcp", fmt.Sprintf(":%d", settings.port))
	if err != nil {
		return err
	}
	go func() { failed <- server.Serve(plain) }()
	log.Printf("port %d: %d tokens, first after %s, then every %s",
		settings.port, settings.pace.tokens, settings.pace.first, settings.pace.gap)

	select {
	case err := <-failed:
		return err
	case <-stop.Done():
		// A stream may have a minute to go and nobody is left to read it: close, do not wait.
		if err := server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
}

// askHealth is the container's health check: the image has no curl.
func askHealth(port int) int {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/health", port))
	if err != nil {
		return 1
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}
