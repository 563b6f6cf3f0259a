package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"
)

func TestRoutes(t *testing.T) {
	for _, tc := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/predict", http.StatusOK, prediction},
		{"GET", "/predict?sepal_length=5.1", http.StatusOK, prediction},
		{"GET", "/health", http.StatusOK, ""},
		{"POST", "/predict", http.StatusMethodNotAllowed, "Method Not Allowed\n"},
		{"GET", "/predict/iris", http.StatusNotFound, "404 page not found\n"},
		{"GET", "/", http.StatusNotFound, "404 page not found\n"},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			answer := httptest.NewRecorder()
			routes().ServeHTTP(answer, httptest.NewRequest(tc.method, tc.path, nil))
			if answer.Code != tc.status || answer.Body.String() != tc.body {
				t.Errorf("got %d %q, want %d %q", answer.Code, answer.Body, tc.status, tc.body)
			}
		})
	}
}

func TestInfoTellsWhatTheRuntimeReports(t *testing.T) {
	caps{cores: 1, memoryBytes: 100 << 20}.apply(0)

	answer := httptest.NewRecorder()
	routes().ServeHTTP(answer, httptest.NewRequest("GET", "/info", nil))

	var got runtimeInfo
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Threads["gomaxprocs"] != 1 || got.CPUs != runtime.NumCPU() {
		t.Errorf("got %+v", got)
	}
	if got.HeapLimitBytes == nil || *got.HeapLimitBytes != (100<<20)/10*9 {
		t.Errorf("heap limit is %v", got.HeapLimitBytes)
	}
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

func TestThePublishedProgramGivesTheSameAnswers(t *testing.T) {
	go published(0)
	// The default mux has its routes as soon as the listener is made; without one the handlers can be asked.
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(time.Millisecond) {
		answer := httptest.NewRecorder()
		http.DefaultServeMux.ServeHTTP(answer, httptest.NewRequest("GET", "/info", nil))
		if answer.Code == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no routes")
		}
	}
	for _, tc := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/predict", http.StatusOK, prediction},
		{"POST", "/predict", http.StatusMethodNotAllowed, "Method Not Allowed\n"},
		{"GET", "/predict/iris", http.StatusNotFound, "404 page not found\n"},
	} {
		answer := httptest.NewRecorder()
		http.DefaultServeMux.ServeHTTP(answer, httptest.NewRequest(tc.method, tc.path, nil))
		if answer.Code != tc.status || answer.Body.String() != tc.body {
			t.Errorf("%s %s: got %d %q, want %d %q", tc.method, tc.path, answer.Code, answer.Body, tc.status, tc.body)
		}
	}
}
