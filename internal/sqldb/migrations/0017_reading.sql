-- What devices report: the log of each, in the order of its corrected clock. doc has
-- the values and whatever else was said, as JSON.
CREATE TABLE reading_entry (
	device BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	recorded_us BIGINT NOT NULL,
	told_us BIGINT NOT NULL,
	clock TEXT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (device, at_us, id)
);
CREATE UNIQUE INDEX reading_entry_id ON reading_entry (device, id);

-- Whoever takes in what a device reports takes its row first, and counts it up. At
-- due_us at the latest somebody looks whether a wait of its detectors has ended; 0:
-- there is none. passed_us is until when waits were told that ended with time alone.
CREATE TABLE reading_turn (
	device BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	passed_us BIGINT NOT NULL
);
CREATE INDEX reading_turn_due ON reading_turn (due_us);

-- The fold of a device's log up to (at_us, id), written now and then: what follows it
-- in the log is folded on top when the state is read.
CREATE TABLE reading_state (
	device BIGINT NOT NULL PRIMARY KEY,
	at_us BIGINT NOT NULL,
	id TEXT NOT NULL,
	entries BIGINT NOT NULL,
	program TEXT NOT NULL,
	reported TEXT NOT NULL,
	detectors TEXT NOT NULL,
	received_us BIGINT NOT NULL
);

-- The state of the detectors at some points of the log, from which late readings are
-- folded in. An adopted one is the first of a changed program: before it nothing is
-- detected again.
CREATE TABLE reading_checkpoint (
	device BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	id TEXT NOT NULL,
	program TEXT NOT NULL,
	detectors TEXT NOT NULL,
	adopted BIGINT NOT NULL,
	PRIMARY KEY (device, at_us, id)
);

-- The moments that detectors found, by what identifies them. One that a late reading
-- disproved stands no more.
CREATE TABLE reading_moment (
	device BIGINT NOT NULL,
	key TEXT NOT NULL,
	moment TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	found_us BIGINT NOT NULL,
	event TEXT NOT NULL,
	standing BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (device, key)
);
CREATE INDEX reading_moment_time ON reading_moment (device, moment, at_us);
