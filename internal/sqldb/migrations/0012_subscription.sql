-- Who is sent what named queries find. position is the row of the newest event that
-- was delivered or passed over; secret is sealed by the vault.
CREATE TABLE subscription_row (
	id TEXT NOT NULL PRIMARY KEY,
	query_name TEXT NOT NULL,
	dest TEXT NOT NULL,
	secret TEXT NOT NULL,
	schedule TEXT NOT NULL,
	report_empty BOOLEAN NOT NULL,
	format TEXT NOT NULL,
	viewer TEXT NOT NULL,
	made_by TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	initial_us BIGINT NOT NULL,
	position BIGINT NOT NULL,
	min_record_us BIGINT NOT NULL,
	notified_us BIGINT NOT NULL,
	next_us BIGINT NOT NULL,
	batch BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	suspended BOOLEAN NOT NULL,
	reason TEXT NOT NULL,
	owner TEXT NOT NULL,
	until_us BIGINT NOT NULL
);
CREATE INDEX subscription_row_query ON subscription_row (query_name, id);
CREATE INDEX subscription_row_due ON subscription_row (suspended, next_us);
