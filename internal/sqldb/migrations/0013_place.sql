-- Locations and parties of the supply chain. doc is the whole of it as JSON; the other
-- columns are for lists.
CREATE TABLE place_entry (
	key TEXT NOT NULL PRIMARY KEY,
	class TEXT NOT NULL,
	name TEXT NOT NULL,
	country TEXT NOT NULL,
	doc TEXT NOT NULL,
	changed_us BIGINT NOT NULL,
	changed_by TEXT NOT NULL
);
CREATE INDEX place_entry_class ON place_entry (class, key);

-- One row: the count of changes, by which readers see that what they remember is old.
CREATE TABLE place_version (
	id BIGINT NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL
);
INSERT INTO place_version (id, version) VALUES (1, 0);

-- The key by which lists are signed; secret is sealed by the vault.
CREATE TABLE place_signer (
	id BIGINT NOT NULL PRIMARY KEY,
	public TEXT NOT NULL,
	secret TEXT NOT NULL,
	created_us BIGINT NOT NULL
);

-- The parties for which a member or a key acts, keys separated by spaces.
ALTER TABLE access_member ADD COLUMN parties TEXT NOT NULL DEFAULT '';
ALTER TABLE access_key ADD COLUMN parties TEXT NOT NULL DEFAULT '';
