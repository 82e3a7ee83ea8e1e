package metadatamerge

import "encoding/json"

// size returns the number of bytes of a value as compact JSON. The encoder of the standard library
// escapes more than that: `<`, U+2028 and others.
func size(value any) int {
	switch value := value.(type) {
	case nil:
		return len("null")
	case bool:
		if value {
			return len("true")
		}
		return len("false")
	case json.Number:
		return len(value)
	case string:
		return stringSize(value)
	case []any:
		bytes := len("[]") + commas(len(value))
		for _, item := range value {
			bytes += size(item)
		}
		return bytes
	case Document:
		bytes := len("{}") + commas(len(value))
		for key, member := range value {
			bytes += stringSize(key) + len(":") + size(member)
		}
		return bytes
	}
	return 0
}

func commas(items int) int {
	if items == 0 {
		return 0
	}
	return items - 1
}

func stringSize(text string) int {
	bytes := len(`""`)
	for at := 0; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"' || c == '\\' || c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t':
			bytes += len(`\n`)
		case c < ' ':
			bytes += len(`\u0000`)
		default:
			bytes++
		}
	}
	return bytes
}
