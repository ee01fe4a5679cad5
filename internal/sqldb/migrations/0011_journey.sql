-- What was in what, and when: folds of aggregations, kept by the ledger's follower
-- journey. to_us is the largest number while an interval is open.
CREATE TABLE journey_contained (
	child TEXT NOT NULL,
	parent TEXT NOT NULL,
	from_us BIGINT NOT NULL,
	to_us BIGINT NOT NULL,
	PRIMARY KEY (child, from_us)
);
CREATE INDEX journey_contained_parent ON journey_contained (parent, child);

-- The present state of each thing that events name. lot is in columns for recalls.
CREATE TABLE journey_item (
	key TEXT NOT NULL PRIMARY KEY,
	lot TEXT NOT NULL,
	place TEXT NOT NULL,
	state TEXT NOT NULL
);
CREATE INDEX journey_item_lot ON journey_item (lot, key) WHERE lot <> '';
CREATE INDEX journey_item_place ON journey_item (place, key) WHERE place <> '';
