package metadatamerge

import (
	"encoding/json"
	"math/big"
	"strconv"
)

// Equal returns whether two values are equal, with numbers by value (rule equal-numbers).
func Equal(left, right any) bool {
	switch left := left.(type) {
	case json.Number:
		right, isNumber := right.(json.Number)
		return isNumber && equalNumbers(string(left), string(right))
	case []any:
		right, isArray := right.([]any)
		if !isArray || len(left) != len(right) {
			return false
		}
		for index, item := range left {
			if !Equal(item, right[index]) {
				return false
			}
		}
		return true
	case Document:
		right, isObject := right.(Document)
		if !isObject || len(left) != len(right) {
			return false
		}
		for key, value := range left {
			if other, present := right[key]; !present || !Equal(value, other) {
				return false
			}
		}
		return true
	}
	return left == right
}

func equalNumbers(left, right string) bool {
	if left == right {
		return true
	}
	one, other := number(left), number(right)
	return one != nil && other != nil && one.Cmp(other) == 0
}

// number returns an integer literal of at most 128 bits as itself, any other number as its nearest
// double, and nil for a number beyond the range of doubles.
func number(text string) *big.Float {
	const longest = len("-170141183460469231731687303715884105728")
	if len(text) <= longest {
		if integer, isInteger := new(big.Int).SetString(text, 10); isInteger && integer.BitLen() <= bits(integer) {
			return new(big.Float).SetInt(integer)
		}
	}
	double, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return big.NewFloat(double)
}

// bits returns how many bits an integer may have to count as itself. The least of the negative ones
// has one more, and is a double.
func bits(integer *big.Int) int {
	if integer.Sign() < 0 {
		return 127
	}
	return 128
}
