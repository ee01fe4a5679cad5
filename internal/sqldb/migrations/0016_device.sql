-- Devices: what is connected, how it proves who it is, and whether it is there.
CREATE TABLE device_device (
	no BIGINT NOT NULL PRIMARY KEY,
	brand TEXT NOT NULL,
	name TEXT NOT NULL,
	model TEXT NOT NULL,
	gtin TEXT NOT NULL,
	serial TEXT NOT NULL,
	thing TEXT NOT NULL,
	title TEXT NOT NULL,
	household TEXT NOT NULL,
	zone TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	demo BIGINT NOT NULL,
	lat DOUBLE PRECISION NOT NULL,
	lon DOUBLE PRECISION NOT NULL,
	created_us BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	online BIGINT NOT NULL,
	session BIGINT NOT NULL,
	since_us BIGINT NOT NULL,
	gone TEXT NOT NULL
);
CREATE UNIQUE INDEX device_device_name ON device_device (brand, name);
CREATE INDEX device_device_model ON device_device (model, no);
CREATE INDEX device_device_item ON device_device (gtin, serial);
CREATE INDEX device_device_thing ON device_device (thing);
CREATE INDEX device_device_household ON device_device (household, no);
CREATE INDEX device_device_state ON device_device (state, no);
CREATE INDEX device_device_online ON device_device (online, no);

-- Whoever gives a number to a device takes this row first.
CREATE TABLE device_turn (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);
INSERT INTO device_turn (id, n) VALUES (1, 0);

-- digest is the SHA-256 of a token, a certificate or a public key, in hexadecimal;
-- the thing itself is not kept, but for certificates and public keys.
CREATE TABLE device_credential (
	id TEXT NOT NULL PRIMARY KEY,
	device BIGINT NOT NULL,
	kind TEXT NOT NULL,
	digest TEXT NOT NULL,
	hint TEXT NOT NULL,
	state TEXT NOT NULL,
	from_us BIGINT NOT NULL,
	until_us BIGINT NOT NULL,
	created_us BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	public TEXT NOT NULL
);
CREATE UNIQUE INDEX device_credential_digest ON device_credential (digest);
CREATE INDEX device_credential_device ON device_credential (device, id);

-- A claim lets devices of one product ask for a credential of their own.
CREATE TABLE device_claim (
	id TEXT NOT NULL PRIMARY KEY,
	brand TEXT NOT NULL,
	model TEXT NOT NULL,
	title TEXT NOT NULL,
	digest TEXT NOT NULL,
	used BIGINT NOT NULL,
	uses BIGINT NOT NULL,
	state TEXT NOT NULL,
	until_us BIGINT NOT NULL,
	created_us BIGINT NOT NULL,
	created_by TEXT NOT NULL
);
CREATE UNIQUE INDEX device_claim_digest ON device_claim (digest);

-- Devices that were made and may claim themselves. secret is sealed by the vault.
CREATE TABLE device_expected (
	brand TEXT NOT NULL,
	name TEXT NOT NULL,
	model TEXT NOT NULL,
	gtin TEXT NOT NULL,
	serial TEXT NOT NULL,
	lot TEXT NOT NULL,
	secret TEXT NOT NULL,
	secret_digest TEXT NOT NULL,
	device BIGINT NOT NULL,
	failures BIGINT NOT NULL,
	failed_us BIGINT NOT NULL,
	created_us BIGINT NOT NULL,
	PRIMARY KEY (brand, name)
);
CREATE UNIQUE INDEX device_expected_secret ON device_expected (secret_digest);

-- The authorities that sign the certificates of a brand's devices, by generation.
-- key is sealed by the vault.
CREATE TABLE device_authority (
	brand TEXT NOT NULL,
	generation BIGINT NOT NULL,
	certificate TEXT NOT NULL,
	key TEXT NOT NULL,
	state TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	until_us BIGINT NOT NULL,
	PRIMARY KEY (brand, generation)
);
