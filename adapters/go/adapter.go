// merge.go behind the adapter protocol.

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
)

// request holds each argument as its text, since a missing one differs from null.
type request map[string]json.RawMessage

var errUnsupported = errors.New("unsupported")

func (r request) object(name string) (object, error) {
	text, given := r[name]
	if !given {
		return nil, errors.New("there is no " + name)
	}
	found, err := decodeObject(text)
	if err != nil {
		return nil, errors.New(name + " " + err.Error())
	}
	return found, nil
}

func (r request) objects(first, second string) (object, object, error) {
	one, err := r.object(first)
	if err != nil {
		return nil, nil, err
	}
	two, err := r.object(second)
	return one, two, err
}

// text decodes a string that holds the text of a JSON object.
func (r request) text(name string) (object, error) {
	var text *string
	if err := json.Unmarshal(r[name], &text); err != nil || text == nil {
		return nil, errors.New(name + " must be a string")
	}
	return decodeObject([]byte(*text))
}

func answer(op string, r request) (any, error) {
	switch op {
	case "merge":
		target, patch, err := r.objects("target", "patch")
		if err != nil {
			return nil, err
		}
		return merge(target, patch), nil
	case "text":
		target, err := r.text("target")
		if err != nil {
			return nil, err
		}
		patch, err := r.text("patch")
		if err != nil {
			return nil, err
		}
		text, err := encode(merge(target, patch))
		return string(text), err
	case "compose":
		var list []json.RawMessage
		if err := json.Unmarshal(r["patches"], &list); err != nil || list == nil {
			return nil, errors.New("patches must be an array")
		}
		patches := []object{}
		for _, text := range list {
			patch, err := decodeObject(text)
			if err != nil {
				return nil, err
			}
			patches = append(patches, patch)
		}
		return compose(patches), nil
	case "diff":
		before, after, err := r.objects("before", "after")
		if err != nil {
			return nil, err
		}
		return diff(before, after)
	case "undo":
		document, patch, err := r.objects("document", "patch")
		if err != nil {
			return nil, err
		}
		return undo(document, patch)
	case "commute":
		first, second, err := r.objects("first", "second")
		if err != nil {
			return nil, err
		}
		return commute(first, second), nil
	case "changes":
		target, patch, err := r.objects("target", "patch")
		if err != nil {
			return nil, err
		}
		return changes(target, patch), nil
	}
	return nil, errUnsupported
}

type reply struct {
	Seq         *int64 `json:"seq"`
	Result      any    `json:"result,omitempty"`
	Rejected    string `json:"rejected,omitempty"`
	Unsupported bool   `json:"unsupported,omitempty"`
}

func replyTo(line []byte) reply {
	var r request
	var seq *int64
	var op *string
	if json.Unmarshal(line, &r) != nil || json.Unmarshal(r["seq"], &seq) != nil || seq == nil ||
		json.Unmarshal(r["op"], &op) != nil || op == nil {
		return reply{Rejected: "not a request: an object with an integer seq and a string op"}
	}
	result, err := answer(*op, r)
	switch {
	case errors.Is(err, errUnsupported):
		return reply{Seq: seq, Unsupported: true}
	case err != nil:
		return reply{Seq: seq, Rejected: err.Error()}
	}
	return reply{Seq: seq, Result: result}
}

// encode is json.Marshal without its escapes for HTML.
func encode(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), err
}

func main() {
	// Not bufio.Scanner, whose lines end at 64 KB.
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 0 {
			text, err := encode(replyTo(line))
			if err != nil {
				log.Fatal(err)
			}
			if _, err := os.Stdout.Write(append(text, '\n')); err != nil {
				log.Fatal(err)
			}
		}
		if err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
	}
}
