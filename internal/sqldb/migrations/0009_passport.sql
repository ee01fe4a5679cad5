-- A row is never deleted once a version was published: an identifier is not used
-- for something else. version is the newest published one, 0 before the first;
-- draft is the document being worked on.
CREATE TABLE passport_document (
	path TEXT NOT NULL PRIMARY KEY,
	gtin TEXT NOT NULL,
	lot TEXT NOT NULL,
	serial TEXT NOT NULL,
	status TEXT NOT NULL,
	rev BIGINT NOT NULL,
	version BIGINT NOT NULL,
	draft TEXT NOT NULL,
	updated_us BIGINT NOT NULL,
	withdrawn_us BIGINT NOT NULL,
	reason TEXT NOT NULL
);
CREATE UNIQUE INDEX passport_document_anchor ON passport_document (gtin, lot, serial);

-- Versions are written once and never changed.
CREATE TABLE passport_version (
	path TEXT NOT NULL,
	n BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	valid_us BIGINT NOT NULL,
	published_us BIGINT NOT NULL,
	by_id TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (path, n)
);

-- data is the file, in base 64.
CREATE TABLE passport_file (
	path TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	bytes BIGINT NOT NULL,
	data TEXT NOT NULL,
	PRIMARY KEY (path, sha256)
);

-- hash is that of the token, which is kept nowhere.
CREATE TABLE passport_grant (
	id TEXT NOT NULL PRIMARY KEY,
	hash TEXT NOT NULL,
	tier TEXT NOT NULL,
	holder TEXT NOT NULL,
	purpose TEXT NOT NULL,
	gtins TEXT NOT NULL,
	by_id TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL
);
CREATE UNIQUE INDEX passport_grant_hash ON passport_grant (hash);

-- One row for each use of a grant; public readers leave none.
CREATE TABLE passport_access (
	id TEXT NOT NULL PRIMARY KEY,
	grant_id TEXT NOT NULL,
	path TEXT NOT NULL,
	version BIGINT NOT NULL,
	form TEXT NOT NULL,
	at_us BIGINT NOT NULL
);
CREATE INDEX passport_access_grant ON passport_access (grant_id, id);
CREATE INDEX passport_access_path ON passport_access (path, id);
