// Package folder keeps two processes from opening one data folder: a lock of the
// kernel's on a file in it, which ends with the process, however that ends.
//
// It knows no database. Elsewhere than on Unix it locks nothing: SQLite's own locks
// keep the file whole there, but two servers would not notice each other.
package folder
