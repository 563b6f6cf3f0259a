package main

import (
	"fmt"
	"log"
	"net/http"
)

// published serves as the article's program does: through net/http's default mux and ListenAndServe, with nothing set, so that the type of
// each answer is sniffed, no header has a deadline, and runtime and collector are left alone.
//
// Its own are the method, without which the contract's POST would get a prediction, and the two routes that every target has.
func published(port int) error {
	http.HandleFunc("GET /predict", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, prediction)
	})
	http.HandleFunc("GET /health", health)
	http.HandleFunc("GET /info", info)
	log.Printf("go-net-http: as published, port %d", port)
	return http.ListenAndServe(fmt.Sprintf(":%d", port), nil)
}
