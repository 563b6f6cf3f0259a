// Command ceiling asks how many streams the upstream carries: n kept-alive connections, each sends the next request
// when the last stream has ended. It parses next to nothing, so that the upstream and not the asker is measured.
//
//	CGO_ENABLED=0 go build -o ceiling ./ceiling && ./ceiling -connections 256 -seconds 10 openai-upstream:8080
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

func main() {
	connections := flag.Int("connections", 256, "kept-alive connections")
	seconds := flag.Int("seconds", 10, "how long to ask")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("give host:port of the upstream")
	}
	host := flag.Arg(0)

	resetStats(host)
	started := time.Now()
	end := started.Add(time.Duration(*seconds) * time.Second)
	var (
		group sync.WaitGroup
		mutex sync.Mutex
		took  []time.Duration
	)
	for i := range *connections {
		group.Go(func() {
			mine, err := ask(host, i, end)
			if err != nil {
				log.Printf("connection %d: %v", i, err)
			}
			mutex.Lock()
			took = append(took, mine...)
			mutex.Unlock()
		})
	}
	group.Wait()
	report(host, took, time.Since(started))
}

// ask streams one completion after another and returns how long each took.
func ask(host string, worker int, end time.Time) (took []time.Duration, err error) {
	connection, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	reader := bufio.NewReaderSize(connection, 64<<10)
	for n := 0; time.Now().Before(end); n++ {
		body := fmt.Sprintf(`{"model":"m","stream":true,"messages":[{"role":"user","content":"What is the number %d?"}]}`, worker*1_000_000+n)
		started := time.Now()
		_, err := fmt.Fprintf(connection, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer k\r\n"+
			"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", host, len(body), body)
		if err != nil {
			return took, err
		}
		if err := skipAnswer(reader); err != nil {
			return took, err
		}
		took = append(took, time.Since(started))
	}
	return took, nil
}

// skipAnswer reads up to the last chunk of one answer: the only empty one.
func skipAnswer(reader *bufio.Reader) error {
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		if bytes.Equal(line, []byte("0\r\n")) {
			_, err := reader.Discard(2)
			return err
		}
	}
}

func report(host string, took []time.Duration, elapsed time.Duration) {
	if len(took) == 0 {
		log.Fatal("no stream ended")
	}
	slices.Sort(took)
	fmt.Printf("%d streams in %.1f s: %.0f streams/s, a stream takes %s in the median, %s at p99\n",
		len(took), elapsed.Seconds(), float64(len(took))/elapsed.Seconds(), took[len(took)/2], took[len(took)*99/100])
	answer, err := http.Get("http://" + host + "/stats")
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	stats, _ := io.ReadAll(answer.Body)
	fmt.Printf("%s", stats)
}

func resetStats(host string) {
	answer, err := http.Post("http://"+host+"/stats/reset", "", nil)
	if err != nil {
		log.Fatal(err)
	}
	answer.Body.Close()
}
