-- Supply-chain events. Whoever appends takes this row first and keeps it to the
-- commit: row ids and record times grow in the order of commits.
CREATE TABLE trace_head (
	id BIGINT NOT NULL PRIMARY KEY,
	last BIGINT NOT NULL,
	recorded_us BIGINT NOT NULL
);
INSERT INTO trace_head (id, last, recorded_us) VALUES (1, 0, 0);

-- One row an event, narrow, so that a scan is cheap. declared_us is 0, or the time of
-- the error declaration that the event carries.
CREATE TABLE trace_event (
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
CREATE INDEX trace_event_time ON trace_event (event_us, id);
CREATE INDEX trace_event_step ON trace_event (biz_step, id);
CREATE INDEX trace_event_disposition ON trace_event (disposition, id);
CREATE INDEX trace_event_location ON trace_event (biz_location, id);
CREATE INDEX trace_event_point ON trace_event (read_point, id);
CREATE INDEX trace_event_hash ON trace_event (hash);

-- The event as it was captured, without loss.
CREATE TABLE trace_body (
	id BIGINT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL
);

CREATE TABLE trace_epc (
	key TEXT NOT NULL,
	id BIGINT NOT NULL,
	role BIGINT NOT NULL,
	PRIMARY KEY (key, id, role)
);

-- What else a query can ask for: classes with quantities, transactions, sources and
-- destinations, sensors, extensions. number is as it was written, canon in the
-- canonical unit of dimension; the columns of what a facet has not are NULL.
CREATE TABLE trace_facet (
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
CREATE INDEX trace_facet_event ON trace_facet (id, role);
CREATE INDEX trace_facet_value ON trace_facet (role, name, value, id);

-- Words and places that occur, for the collections of EPCIS.
CREATE TABLE trace_word (
	role BIGINT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (role, value)
);

-- Master data, by the last word of the vocabulary's type.
CREATE TABLE trace_vocabulary (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	id TEXT NOT NULL,
	doc TEXT NOT NULL,
	captured_by TEXT NOT NULL,
	PRIMARY KEY (kind, key)
);
CREATE TABLE trace_attribute (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	attribute TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (kind, key, attribute)
);
CREATE INDEX trace_attribute_value ON trace_attribute (kind, attribute, value);
CREATE TABLE trace_child (
	kind TEXT NOT NULL,
	parent TEXT NOT NULL,
	child TEXT NOT NULL,
	PRIMARY KEY (kind, parent, child)
);

-- Captures, and what was wrong with their events.
CREATE TABLE trace_capture (
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
CREATE INDEX trace_capture_time ON trace_capture (created_us, id);
CREATE INDEX trace_capture_state ON trace_capture (state, id);
CREATE TABLE trace_capture_error (
	capture TEXT NOT NULL,
	n BIGINT NOT NULL,
	problem TEXT NOT NULL,
	PRIMARY KEY (capture, n)
);

-- Queries that were given a name, as JSON.
CREATE TABLE trace_query (
	name TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	made_by TEXT NOT NULL
);
