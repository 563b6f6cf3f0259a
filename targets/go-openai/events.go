package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// eventReader reads server-sent events, of which the API uses the data alone. Pieces in which they come over the network need not be
// events.
type eventReader struct {
	lines *bufio.Reader
	data  []byte
	long  []byte // a line that does not fit the buffer
}

func newEventReader() *eventReader { return &eventReader{lines: bufio.NewReader(nil)} }

func (r *eventReader) reset(from io.Reader) { r.lines.Reset(from) }

var (
	dataField  = []byte("data:")
	errTooLong = errors.New("an event is too long")
)

// next is the data of the next event, which is good until the call after it; io.EOF when there is none. An event that no empty line ends was
// cut, and is none.
func (r *eventReader) next() ([]byte, error) {
	r.data = r.data[:0]
	found := false
	for {
		line, err := r.line()
		if err != nil {
			return nil, err
		}
		if len(line) == 0 {
			if found {
				return r.data, nil
			}
			continue
		}
		value, isData := bytes.CutPrefix(line, dataField)
		if !isData {
			continue
		}
		if found {
			r.data = append(r.data, '\n')
		}
		r.data = append(r.data, bytes.TrimPrefix(value, []byte(" "))...)
		found = true
	}
}

// line is the next line without its end, LF or CRLF as the official client takes it.
func (r *eventReader) line() ([]byte, error) {
	line, err := r.lines.ReadSlice('\n')
	for r.long = r.long[:0]; err == bufio.ErrBufferFull; {
		if len(r.long) > largestBody {
			return nil, errTooLong
		}
		r.long = append(r.long, line...)
		line, err = r.lines.ReadSlice('\n')
	}
	if err != nil {
		return nil, err
	}
	if len(r.long) > 0 {
		r.long = append(r.long, line...)
		line = r.long
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}
