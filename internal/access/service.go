package access

// Service keeps members, sessions and keys.
type Service struct{}
