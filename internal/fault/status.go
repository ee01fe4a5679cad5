package fault

import "net/http"

// HTTPStatus is the one table from code to HTTP status.
func (c Code) HTTPStatus() int {
	switch c {
	case Invalid:
		return http.StatusBadRequest
	case Unauthenticated:
		return http.StatusUnauthorized
	case Forbidden:
		return http.StatusForbidden
	case NotFound:
		return http.StatusNotFound
	case Conflict:
		return http.StatusConflict
	case Gone:
		return http.StatusGone
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case Unsupported:
		return http.StatusUnsupportedMediaType
	case RateLimited:
		return http.StatusTooManyRequests
	case Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// Title is the short, constant text of a code, the title of a problem document.
func (c Code) Title() string {
	switch c {
	case Invalid:
		return "The request is not valid"
	case Unauthenticated:
		return "Sign in first"
	case Forbidden:
		return "Not allowed"
	case NotFound:
		return "Not found"
	case Conflict:
		return "In conflict with the present state"
	case Gone:
		return "No longer valid"
	case TooLarge:
		return "Too large"
	case Unsupported:
		return "Unsupported content"
	case RateLimited:
		return "Too many requests"
	case Unavailable:
		return "Not available right now"
	default:
		return "Internal error"
	}
}

// Codes lists every code, for documentation and tests.
func Codes() []Code {
	return []Code{Invalid, Unauthenticated, Forbidden, NotFound, Conflict, Gone, TooLarge, Unsupported, RateLimited, Unavailable, Internal}
}
