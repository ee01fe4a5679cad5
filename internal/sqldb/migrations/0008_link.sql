-- Every change of links takes this row first and keeps it to the commit: changes
-- happen one after another, and n is the number of the last one.
CREATE TABLE link_version (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);
INSERT INTO link_version (id, n) VALUES (1, 0);

-- key_path is the path of the key alone, so that one query finds all levels of it.
CREATE TABLE link_entry (
	anchor TEXT NOT NULL PRIMARY KEY,
	key_path TEXT NOT NULL,
	prefix BOOLEAN NOT NULL,
	doc TEXT NOT NULL,
	version BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	search TEXT NOT NULL,
	types TEXT NOT NULL
);
CREATE INDEX link_entry_key ON link_entry (key_path, anchor);

-- What was there before and after each change; '' for nothing.
CREATE TABLE link_change (
	seq BIGINT NOT NULL PRIMARY KEY,
	anchor TEXT NOT NULL,
	key_path TEXT NOT NULL,
	prefix BOOLEAN NOT NULL,
	at_us BIGINT NOT NULL,
	who TEXT NOT NULL,
	action TEXT NOT NULL,
	doc_before TEXT NOT NULL,
	doc_after TEXT NOT NULL
);
CREATE INDEX link_change_anchor ON link_change (anchor, seq);

-- Scans by day, kept by the ledger's follower link.tally. No lot and no serial.
CREATE TABLE link_tally (
	day TEXT NOT NULL,
	key_path TEXT NOT NULL,
	level TEXT NOT NULL,
	link_type TEXT NOT NULL,
	link_id TEXT NOT NULL,
	market TEXT NOT NULL,
	language TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (day, key_path, level, link_type, link_id, market, language)
);
CREATE INDEX link_tally_key ON link_tally (key_path, day);

-- What the checker last found at an address.
CREATE TABLE link_check (
	href TEXT NOT NULL PRIMARY KEY,
	ok BOOLEAN NOT NULL,
	status BIGINT NOT NULL,
	moved_to TEXT NOT NULL,
	trouble TEXT NOT NULL,
	checked_us BIGINT NOT NULL
);
CREATE INDEX link_check_age ON link_check (checked_us, href);
