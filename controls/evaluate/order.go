package evaluate

import (
	"cmp"
	"strconv"
	"strings"
)

// compareIDs orders ids of tests so that T2 comes before T10.
func compareIDs(a, b string) int {
	headA, numberA := splitNumber(a)
	headB, numberB := splitNumber(b)
	return cmp.Or(strings.Compare(headA, headB), cmp.Compare(numberA, numberB))
}

func splitNumber(id string) (head string, number int) {
	head = strings.TrimRight(id, "0123456789")
	number, err := strconv.Atoi(id[len(head):])
	if err != nil {
		return id, 0
	}
	return head, number
}
