package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// ask gives the answer to a request that never went over a network.
func ask(method, path string) *fasthttp.Response {
	var request fasthttp.Request
	request.Header.SetMethod(method)
	request.SetRequestURI(path)
	var ctx fasthttp.RequestCtx
	ctx.Init(&request, nil, nil)
	route(&ctx)
	return &ctx.Response
}

func TestRoutes(t *testing.T) {
	for _, tc := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/predict", fasthttp.StatusOK, prediction},
		{"GET", "/predict?sepal_length=5.1", fasthttp.StatusOK, prediction},
		{"GET", "/health", fasthttp.StatusOK, ""},
		{"POST", "/predict", fasthttp.StatusMethodNotAllowed, "Method Not Allowed"},
		{"DELETE", "/health", fasthttp.StatusMethodNotAllowed, "Method Not Allowed"},
		{"GET", "/predict/iris", fasthttp.StatusNotFound, "404 page not found"},
		{"GET", "/predictions", fasthttp.StatusNotFound, "404 page not found"},
		{"GET", "/Predict", fasthttp.StatusNotFound, "404 page not found"},
		{"POST", "/", fasthttp.StatusNotFound, "404 page not found"},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			answer := ask(tc.method, tc.path)
			if answer.StatusCode() != tc.status || string(answer.Body()) != tc.body {
				t.Errorf("got %d %q, want %d %q", answer.StatusCode(), answer.Body(), tc.status, tc.body)
			}
		})
	}
}

func TestAPredictionIsPlainText(t *testing.T) {
	if got := string(ask("GET", "/predict").Header.ContentType()); got != "text/plain; charset=utf-8" {
		t.Errorf("got %s", got)
	}
}

func TestInfoTellsWhatTheRuntimeReports(t *testing.T) {
	caps{cores: 1, memoryBytes: 100 << 20}.apply(0)

	var got runtimeInfo
	if err := json.Unmarshal(ask("GET", "/info").Body(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Server != "fasthttp" || got.Threads["gomaxprocs"] != 1 || got.CPUs != runtime.NumCPU() {
		t.Errorf("got %+v", got)
	}
	if got.HeapLimitBytes == nil || *got.HeapLimitBytes != (100<<20)/10*9 {
		t.Errorf("heap limit is %v", got.HeapLimitBytes)
	}
}

func TestATermEndsItWhateverClientsDo(t *testing.T) {
	slow := func(ctx *fasthttp.RequestCtx) {
		time.Sleep(200 * time.Millisecond)
		route(ctx)
	}
	for _, tc := range []struct {
		name, sends, gets string
		within            time.Duration
	}{
		{"a request in flight is answered", "GET /predict HTTP/1.1\r\nHost: a\r\n\r\n", prediction, drain},
		{"an idle connection is closed", "", "", drain},
		{"half a request is cut", "GET /pre", "", 2 * drain},
	} {
		t.Run(tc.name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, term := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- serveAt(ctx, listener, slow) }()

			client, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			fmt.Fprint(client, tc.sends)
			time.Sleep(100 * time.Millisecond) // until it has begun
			term()

			if tc.gets != "" {
				if got := readAnswer(t, client); got != tc.gets {
					t.Errorf("got %q, want %q", got, tc.gets)
				}
			}
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("ended with %v", err)
				}
			case <-time.After(tc.within + time.Second):
				t.Error("it did not end")
			}
		})
	}
}

func readAnswer(t *testing.T, client net.Conn) string {
	t.Helper()
	var answer fasthttp.Response
	if err := answer.Read(bufio.NewReader(client)); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(answer.Body()))
}

func TestSettingsRefuseWhatIsNotANumber(t *testing.T) {
	for name, value := range map[string]string{"PORT": "eighty", "CORES": "0", "MEMORY_BYTES": "1g"} {
		env := func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		}
		if _, err := capsFrom(env); err == nil {
			t.Errorf("%s=%s was accepted", name, value)
		}
	}
}
