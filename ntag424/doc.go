// Package ntag424 verifies and makes the messages of NXP's NTAG 424 DNA chips.
package ntag424
