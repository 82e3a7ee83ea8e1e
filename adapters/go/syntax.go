package metadatamerge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const maxDepth = 127

// Parse parses strict JSON. Of a repeated key the last value counts (rule repeated-key).
func Parse(text []byte) (any, error) {
	if err := check(text); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // a float64 would change integers beyond 2^53
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// check returns an error for text that is not strict JSON (rule json-text). The decoder alone would
// turn unpaired surrogates and invalid UTF-8 into U+FFFD.
func check(text []byte) error {
	if !json.Valid(text) || !utf8.Valid(text) {
		return errors.New("expected JSON")
	}
	inString, depth := false, 0
	for at := 0; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"':
			inString = !inString
		case c == '\\': // only strings hold one
			length, err := escapeLength(text[at:])
			if err != nil {
				return err
			}
			at += length - 1
		case inString:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return fmt.Errorf("expected at most %d levels of nesting", maxDepth)
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

// escapeLength returns the length of the escape sequence, or of the surrogate pair, at the start of
// text.
func escapeLength(text []byte) (int, error) {
	const unicode, pair = len(`\u0000`), len(`\ud800\udc00`)
	if text[1] != 'u' {
		return len(`\n`), nil
	}
	first := codeUnit(text)
	if !utf16.IsSurrogate(first) {
		return unicode, nil
	}
	if len(text) >= pair && bytes.HasPrefix(text[unicode:], []byte(`\u`)) &&
		utf16.DecodeRune(first, codeUnit(text[unicode:])) != utf8.RuneError {
		return pair, nil
	}
	return 0, errors.New("found an unpaired surrogate")
}

func codeUnit(escape []byte) rune {
	unit, _ := strconv.ParseUint(string(escape[2:6]), 16, 16) // valid JSON has four digits here
	return rune(unit)
}
