package sqldb

// What the tests outside need to look inside for.
var ColumnsOf = columnsOf
