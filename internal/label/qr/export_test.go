package qr

// DataWords lets tests fill a symbol to its last word.
func DataWords(version int, level Level) int { return dataWords(version, level) }
