// Command tagline is the one program of Tagline: the server, the demo, the
// simulation, and the tools around them.
//
// It turns flags into values and errors into words and exit codes, and leaves all
// work to the packages below it. Exit codes: 0 good, 1 refused (the answer is no,
// or something failed), 2 misuse (the call itself was wrong). Results go to
// standard output, all else to standard error; a progress bar shows on a terminal
// only.
package main
