-- What is suspicious about things, and what people made of it. doc has what was
-- expected and seen, and the evidence, as JSON.
CREATE TABLE alarm_case (
	id TEXT NOT NULL PRIMARY KEY,
	rule TEXT NOT NULL,
	key TEXT NOT NULL,
	anchor TEXT NOT NULL,
	state TEXT NOT NULL,
	severity TEXT NOT NULL,
	gtin TEXT NOT NULL,
	market TEXT NOT NULL,
	party TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	raised_us BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	decided_by TEXT NOT NULL,
	reason TEXT NOT NULL,
	doc TEXT NOT NULL
);
CREATE UNIQUE INDEX alarm_case_finding ON alarm_case (key, rule, anchor);
CREATE INDEX alarm_case_state ON alarm_case (state, id);
CREATE INDEX alarm_case_rule ON alarm_case (rule, state, id);

-- Runs of scans of an item in one country, by the item's canonical key.
CREATE TABLE alarm_visit (
	key TEXT NOT NULL,
	n BIGINT NOT NULL,
	market TEXT NOT NULL,
	from_us BIGINT NOT NULL,
	to_us BIGINT NOT NULL,
	first_event TEXT NOT NULL,
	last_event TEXT NOT NULL,
	taps BIGINT NOT NULL,
	sessions BIGINT NOT NULL,
	opened_us BIGINT NOT NULL,
	opened_by TEXT NOT NULL,
	resealed_us BIGINT NOT NULL,
	resealed_by TEXT NOT NULL,
	PRIMARY KEY (key, n)
);

-- Things to look at again at a time, although nothing new may come.
CREATE TABLE alarm_due (
	key TEXT NOT NULL PRIMARY KEY,
	due_us BIGINT NOT NULL
);
CREATE INDEX alarm_due_time ON alarm_due (due_us);

-- The settings of the rules, each change a row.
CREATE TABLE alarm_setting (
	version BIGINT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	changed_us BIGINT NOT NULL,
	changed_by TEXT NOT NULL
);

-- Whoever looks at things takes this row first, so that one looks at a time.
CREATE TABLE alarm_turn (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);
INSERT INTO alarm_turn (id, n) VALUES (1, 0);
