// Command adapter is the package metadatamerge as an adapter (../../../PROTOCOL.md).
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log"
	"os"
	"strings"

	"metadatamerge"
)

type reply struct {
	Seq         *json.Number `json:"seq"`
	Result      any          `json:"result,omitempty"`
	Rejected    string       `json:"rejected,omitempty"`
	Unsupported bool         `json:"unsupported,omitempty"`
}

func replyTo(line []byte) reply {
	value, err := metadatamerge.Parse(line)
	if err != nil {
		return reply{Rejected: err.Error()}
	}
	request, _ := value.(metadatamerge.Document)
	seq, isNumber := request["seq"].(json.Number)
	op, isString := request["op"].(string)
	if !isNumber || strings.ContainsAny(string(seq), ".eE") || !isString {
		return reply{Rejected: "expected an object with an integer `seq` and a string `op`"}
	}
	operation, known := operations[op]
	if !known {
		return reply{Seq: &seq, Unsupported: true}
	}
	arguments := arguments{values: request}
	result, err := operation(&arguments)
	if arguments.err != nil {
		err = arguments.err
	}
	if err != nil {
		return reply{Seq: &seq, Rejected: err.Error()}
	}
	return reply{Seq: &seq, Result: result}
}

// encode is json.Marshal without its escapes for HTML, and with a line feed.
func encode(value any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		log.Fatal(err)
	}
	return buffer.Bytes()
}

func main() {
	// Not bufio.Scanner, whose lines end at 64 KB.
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 0 {
			if _, err := os.Stdout.Write(encode(replyTo(line))); err != nil {
				log.Fatal(err)
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}
