CREATE TABLE schema_health (
	id BIGINT NOT NULL PRIMARY KEY,
	probed_us BIGINT NOT NULL
);
INSERT INTO schema_health (id, probed_us) VALUES (1, 0);

-- seq is the table itself on SQLite: new events go to its end.
CREATE TABLE ledger_event (
	seq INTEGER NOT NULL PRIMARY KEY,
	id TEXT NOT NULL,
	source TEXT NOT NULL,
	source_id TEXT NOT NULL,
	type TEXT NOT NULL,
	class TEXT NOT NULL,
	thing TEXT NOT NULL,
	person TEXT NOT NULL,
	cause TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	recorded_us BIGINT NOT NULL,
	body TEXT NOT NULL
);
CREATE UNIQUE INDEX ledger_event_id ON ledger_event (id);
CREATE UNIQUE INDEX ledger_event_source ON ledger_event (source, source_id) WHERE source_id <> '';
CREATE INDEX ledger_event_thing ON ledger_event (thing, seq) WHERE thing <> '';

CREATE TABLE ledger_cursor (
	name TEXT NOT NULL PRIMARY KEY,
	pos BIGINT NOT NULL,
	owner TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	until_us BIGINT NOT NULL,
	reason TEXT NOT NULL
);

CREATE TABLE timer_entry (
	kind TEXT NOT NULL,
	entry_key TEXT NOT NULL,
	due_us BIGINT NOT NULL,
	body TEXT NOT NULL,
	tries BIGINT NOT NULL,
	parked BOOLEAN NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (kind, entry_key)
);
CREATE INDEX timer_entry_due ON timer_entry (due_us) WHERE NOT parked;

CREATE TABLE timer_lease (
	id BIGINT NOT NULL PRIMARY KEY,
	owner TEXT NOT NULL,
	until_us BIGINT NOT NULL
);
INSERT INTO timer_lease (id, owner, until_us) VALUES (1, '', 0);

CREATE TABLE vault_root (
	id BIGINT NOT NULL PRIMARY KEY,
	root TEXT NOT NULL,
	since_us BIGINT NOT NULL
);

CREATE TABLE vault_key (
	id TEXT NOT NULL PRIMARY KEY,
	root TEXT NOT NULL,
	wrapped TEXT NOT NULL,
	made_us BIGINT NOT NULL,
	forgotten_us BIGINT NOT NULL
);
CREATE INDEX vault_key_root ON vault_key (root);
