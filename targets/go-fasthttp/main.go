// Command server answers the predict scenario with fasthttp in place of Go's standard HTTP server.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/valyala/fasthttp"
)

const prediction = "Prediction: Iris-Setosa"

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatalf("go-fasthttp: %v", err)
	}
}

func run() error {
	caps, err := capsFrom(os.Getenv)
	if err != nil {
		return err
	}
	caps.apply(0)

	ctx, stop := untilTerm()
	defer stop()
	return serve(ctx, caps.port, route)
}

func capsFrom(env func(string) string) (caps, error) {
	settings := settings{env: env}
	caps := settings.caps()
	return caps, settings.err
}

// route is the router that fasthttp leaves to its user. The path comes without its query, taken apart as it was written.
func route(ctx *fasthttp.RequestCtx) {
	var handler fasthttp.RequestHandler
	switch string(ctx.Path()) { // no copy: the compiler sees that it is only compared
	case "/predict":
		handler = predict
	case "/health":
		handler = health
	case "/info":
		handler = info
	default:
		ctx.Error("404 page not found", fasthttp.StatusNotFound)
		return
	}
	if !ctx.IsGet() && !ctx.IsHead() {
		ctx.Error("Method Not Allowed", fasthttp.StatusMethodNotAllowed)
		return
	}
	handler(ctx)
}

func predict(ctx *fasthttp.RequestCtx) {
	ctx.SetContentType("text/plain; charset=utf-8")
	ctx.SetBodyString(prediction)
}

func health(ctx *fasthttp.RequestCtx) {
	ctx.SetStatusCode(fasthttp.StatusOK)
}

func info(ctx *fasthttp.RequestCtx) {
	info := describe(map[string]string{"github.com/valyala/fasthttp": "fasthttp"})
	info.Server = "fasthttp"
	ctx.SetContentType("application/json")
	json.NewEncoder(ctx).Encode(info)
}
