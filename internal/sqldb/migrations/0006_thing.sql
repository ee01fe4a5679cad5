-- Items: each row is a fold of the ledger, but for what changes with every tap: that
-- stands with the item's chips.
CREATE TABLE thing_item (
	id TEXT NOT NULL PRIMARY KEY,
	gtin TEXT NOT NULL,
	serial TEXT NOT NULL,
	lot TEXT NOT NULL,
	market TEXT NOT NULL,
	seal TEXT NOT NULL,
	stage TEXT NOT NULL,
	sold BOOLEAN NOT NULL,
	opened BOOLEAN NOT NULL,
	drained BOOLEAN NOT NULL,
	alarmed BOOLEAN NOT NULL,
	record TEXT NOT NULL,
	UNIQUE (gtin, serial)
);
CREATE INDEX thing_item_product ON thing_item (gtin, id);
CREATE INDEX thing_item_stage ON thing_item (stage, id);
CREATE INDEX thing_item_serial ON thing_item (serial);
CREATE INDEX thing_item_lot ON thing_item (lot, id) WHERE lot <> '';
CREATE INDEX thing_item_alarmed ON thing_item (id) WHERE alarmed;

-- How many items of a product ever came how far.
CREATE TABLE thing_count (
	gtin TEXT NOT NULL PRIMARY KEY,
	made BIGINT NOT NULL,
	sealed BIGINT NOT NULL,
	sold BIGINT NOT NULL,
	opened BIGINT NOT NULL,
	drained BIGINT NOT NULL,
	alarmed BIGINT NOT NULL
);

-- Taps and moments by the hour, kept by the ledger's follower story.tally.
CREATE TABLE story_tally (
	hour_us BIGINT NOT NULL,
	gtin TEXT NOT NULL,
	market TEXT NOT NULL,
	what TEXT NOT NULL,
	code TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (hour_us, gtin, market, what, code)
);
