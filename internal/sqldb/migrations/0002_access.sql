-- The one row is taken by whoever changes who owns the place: it makes such
-- changes happen one after the other on both engines.
CREATE TABLE access_setup (
	id BIGINT NOT NULL PRIMARY KEY,
	turn BIGINT NOT NULL
);
INSERT INTO access_setup (id, turn) VALUES (1, 0);

CREATE TABLE access_member (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	email TEXT NOT NULL,
	role TEXT NOT NULL,
	password TEXT NOT NULL,
	disabled BOOLEAN NOT NULL,
	created_us BIGINT NOT NULL,
	seen_us BIGINT NOT NULL
);
CREATE UNIQUE INDEX access_member_email ON access_member (email) WHERE email <> '';

CREATE TABLE access_link (
	hash TEXT NOT NULL PRIMARY KEY,
	member TEXT NOT NULL REFERENCES access_member (id),
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	used_us BIGINT NOT NULL
);
CREATE INDEX access_link_member ON access_link (member);

CREATE TABLE access_key (
	id TEXT NOT NULL PRIMARY KEY,
	hash TEXT NOT NULL,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	scopes TEXT NOT NULL,
	maker TEXT NOT NULL,
	maker_name TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	used_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL
);
CREATE UNIQUE INDEX access_key_hash ON access_key (hash);

-- A session belongs to a member or to a key; the other column is empty.
CREATE TABLE access_session (
	hash TEXT NOT NULL PRIMARY KEY,
	member TEXT NOT NULL,
	key_id TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	seen_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL
);
CREATE INDEX access_session_member ON access_session (member) WHERE member <> '';
CREATE INDEX access_session_key ON access_session (key_id) WHERE key_id <> '';
CREATE INDEX access_session_expires ON access_session (expires_us);
