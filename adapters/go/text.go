package metadatamerge

import (
	"encoding/json"
	"errors"
	"strings"
)

// member is a root member: its key, and the texts of its key and of its value.
type member struct {
	key, keyText, valueText string
}

// MergeText returns the text of target after a PATCH with patch. It keeps every value that it stores
// byte for byte (rule stored-as-sent).
func MergeText(target, patch string) (string, error) {
	stored, err := members(target)
	if err != nil {
		return "", err
	}
	sent, err := members(patch)
	if err != nil {
		return "", err
	}
	if len(sent) == 0 {
		return "{}", nil // clear
	}
	lastStored, lastSent := lastIndex(stored), lastIndex(sent) // repeated-key
	var kept []string
	written := map[string]bool{}
	write := func(each member) {
		written[each.key] = true
		index, named := lastSent[each.key]
		if !named || sent[index].valueText != "null" { // delete, stored-null
			kept = append(kept, each.keyText+": "+each.valueText)
		}
	}
	for index, each := range stored {
		if entry, named := lastSent[each.key]; !named {
			if index == lastStored[each.key] {
				write(each)
			}
		} else if !written[each.key] { // a key keeps its text and its first place
			write(member{each.key, each.keyText, sent[entry].valueText})
		}
	}
	for index, each := range sent {
		if index == lastSent[each.key] && !written[each.key] {
			write(each)
		}
	}
	return "{" + strings.Join(kept, ", ") + "}", nil
}

// lastIndex returns where each key stands for the last time.
func lastIndex(members []member) map[string]int {
	last := map[string]int{}
	for index, each := range members {
		last[each.key] = index
	}
	return last
}

// members returns the root members of an object's text.
func members(text string) ([]member, error) {
	if err := check([]byte(text)); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\n\r"), "{") {
		return nil, errors.New("expected the text of an object")
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	found := []member{}
	for decoder.More() {
		start := decoder.InputOffset()
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		keyText := text[start:decoder.InputOffset()]
		keyText = keyText[strings.IndexByte(keyText, '"'):] // a comma and whitespace stand before it
		var valueText json.RawMessage
		if err := decoder.Decode(&valueText); err != nil {
			return nil, err
		}
		found = append(found, member{key.(string), keyText, string(valueText)})
	}
	return found, nil
}
