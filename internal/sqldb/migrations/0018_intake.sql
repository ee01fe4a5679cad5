-- What devices sent and nobody could take in, with the reason. Alike ones of a device
-- are counted in one row, which keeps the first body.
CREATE TABLE intake_dead (
	id TEXT NOT NULL PRIMARY KEY,
	device BIGINT NOT NULL,
	brand TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	via TEXT NOT NULL,
	content_type TEXT NOT NULL,
	reason TEXT NOT NULL,
	body TEXT NOT NULL,
	coded BIGINT NOT NULL,
	times BIGINT NOT NULL,
	state TEXT NOT NULL,
	first_us BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	settled_us BIGINT NOT NULL,
	settled_by TEXT NOT NULL
);
CREATE INDEX intake_dead_alike ON intake_dead (device, kind, state, reason);
CREATE INDEX intake_dead_state ON intake_dead (state, id);
