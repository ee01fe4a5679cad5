-- Supply-chain events. Whoever appends takes this row first and keeps it to the
-- commit: row ids and record times grow in the order of commits.
CREATE TABLE repository_head (
	id BIGINT NOT NULL PRIMARY KEY,
	last BIGINT NOT NULL,
	recorded_us BIGINT NOT NULL
);
INSERT INTO repository_head (id, last, recorded_us) VALUES (1, 0, 0);

-- One row an event, narrow, so that a scan is cheap. declared_us is 0, or the time of
-- the error declaration that the event carries.
CREATE TABLE repository_event (
	id BIGINT NOT NULL PRIMARY KEY,
	event_id TEXT NOT NULL,
	declared_us BIGINT NOT NULL,
	hash TEXT NOT NULL,
	type TEXT NOT NULL,
	action TEXT NOT NULL,
	event_us BIGINT NOT NULL,
	record_us BIGINT NOT NULL,
	biz_step TEXT NOT NULL,
	disposition TEXT NOT NULL,
	read_point TEXT NOT NULL,
	biz_location TEXT NOT NULL,
	capture TEXT NOT NULL,
	captured_by TEXT NOT NULL,
	UNIQUE (event_id, declared_us)
);
CREATE INDEX repository_event_time ON repository_event (event_us, id);
CREATE INDEX repository_event_step ON repository_event (biz_step, id);
CREATE INDEX repository_event_disposition ON repository_event (disposition, id);
CREATE INDEX repository_event_location ON repository_event (biz_location, id);
CREATE INDEX repository_event_point ON repository_event (read_point, id);
CREATE INDEX repository_event_hash ON repository_event (hash);

-- The event as it was captured, without loss.
CREATE TABLE repository_body (
	id BIGINT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL
);

CREATE TABLE repository_epc (
	key TEXT NOT NULL,
	id BIGINT NOT NULL,
	role BIGINT NOT NULL,
	PRIMARY KEY (key, id, role)
);

-- What else a query can ask for: classes with quantities, transactions, sources and
-- destinations, sensors, extensions. number is as it was written, canon in the
-- canonical unit of dimension; the columns of what a facet has not are NULL.
CREATE TABLE repository_facet (
	id BIGINT NOT NULL,
	role BIGINT NOT NULL,
	name TEXT NOT NULL,
	inner_part BOOLEAN NOT NULL,
	value TEXT NOT NULL,
	number DOUBLE PRECISION,
	canon DOUBLE PRECISION,
	dimension TEXT NOT NULL,
	time_us BIGINT
);
CREATE INDEX repository_facet_event ON repository_facet (id, role);
CREATE INDEX repository_facet_value ON repository_facet (role, name, value, id);

-- Words and places that occur, for the collections of EPCIS.
CREATE TABLE repository_word (
	role BIGINT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (role, value)
);

-- Master data, by the last word of the vocabulary's type.
CREATE TABLE repository_vocabulary (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	id TEXT NOT NULL,
	doc TEXT NOT NULL,
	captured_by TEXT NOT NULL,
	PRIMARY KEY (kind, key)
);
CREATE TABLE repository_attribute (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	attribute TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (kind, key, attribute)
);
CREATE INDEX repository_attribute_value ON repository_attribute (kind, attribute, value);
CREATE TABLE repository_child (
	kind TEXT NOT NULL,
	parent TEXT NOT NULL,
	child TEXT NOT NULL,
	PRIMARY KEY (kind, parent, child)
);

-- Captures, and what was wrong with their events.
CREATE TABLE capture_job (
	id TEXT NOT NULL PRIMARY KEY,
	created_us BIGINT NOT NULL,
	finished_us BIGINT NOT NULL,
	state TEXT NOT NULL,
	behaviour TEXT NOT NULL,
	format TEXT NOT NULL,
	bytes BIGINT NOT NULL,
	events BIGINT NOT NULL,
	stored BIGINT NOT NULL,
	repeated BIGINT NOT NULL,
	refused BIGINT NOT NULL,
	captured_by TEXT NOT NULL,
	spool TEXT NOT NULL
);
CREATE INDEX capture_job_time ON capture_job (created_us, id);
CREATE INDEX capture_job_state ON capture_job (state, id);
CREATE TABLE capture_error (
	capture TEXT NOT NULL,
	n BIGINT NOT NULL,
	problem TEXT NOT NULL,
	PRIMARY KEY (capture, n)
);

-- Queries that were given a name, as JSON.
CREATE TABLE standing_query (
	name TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	made_by TEXT NOT NULL
);
