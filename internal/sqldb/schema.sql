-- Written by: go test ./internal/sqldb -run SchemaSQL -update

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
, parties TEXT NOT NULL DEFAULT '');

CREATE UNIQUE INDEX access_key_hash ON access_key (hash);

CREATE TABLE access_link (
	hash TEXT NOT NULL PRIMARY KEY,
	member TEXT NOT NULL REFERENCES access_member (id),
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	used_us BIGINT NOT NULL
);

CREATE INDEX access_link_member ON access_link (member);

CREATE TABLE access_member (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	email TEXT NOT NULL,
	role TEXT NOT NULL,
	password TEXT NOT NULL,
	disabled BOOLEAN NOT NULL,
	created_us BIGINT NOT NULL,
	seen_us BIGINT NOT NULL
, parties TEXT NOT NULL DEFAULT '');

CREATE UNIQUE INDEX access_member_email ON access_member (email) WHERE email <> '';

CREATE TABLE access_session (
	hash TEXT NOT NULL PRIMARY KEY,
	member TEXT NOT NULL,
	key_id TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	seen_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL
);

CREATE INDEX access_session_expires ON access_session (expires_us);

CREATE INDEX access_session_key ON access_session (key_id) WHERE key_id <> '';

CREATE INDEX access_session_member ON access_session (member) WHERE member <> '';

CREATE TABLE access_setup (
	id BIGINT NOT NULL PRIMARY KEY,
	turn BIGINT NOT NULL
);

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

CREATE INDEX alarm_case_rule ON alarm_case (rule, state, id);

CREATE INDEX alarm_case_state ON alarm_case (state, id);

CREATE TABLE alarm_due (
	key TEXT NOT NULL PRIMARY KEY,
	due_us BIGINT NOT NULL
);

CREATE INDEX alarm_due_time ON alarm_due (due_us);

CREATE TABLE alarm_setting (
	version BIGINT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	changed_us BIGINT NOT NULL,
	changed_by TEXT NOT NULL
);

CREATE TABLE alarm_turn (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);

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

CREATE TABLE api_idempotency (
	who TEXT NOT NULL,
	idem TEXT NOT NULL,
	request TEXT NOT NULL,
	status BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	begun_us BIGINT NOT NULL,
	PRIMARY KEY (who, idem)
);

CREATE INDEX api_idempotency_begun ON api_idempotency (begun_us);

CREATE TABLE capture_error (
	capture TEXT NOT NULL,
	n BIGINT NOT NULL,
	problem TEXT NOT NULL,
	PRIMARY KEY (capture, n)
);

CREATE TABLE capture_job (
	id TEXT NOT NULL PRIMARY KEY,
	created_us BIGINT NOT NULL,
	finished_us BIGINT NOT NULL,
	state TEXT NOT NULL,
	behaviour TEXT NOT NULL,
	format TEXT NOT NULL,
	bytes BIGINT NOT NULL,
	events BIGINT NOT NULL,
	stored BIGINT NOT NULL,
	repeated BIGINT NOT NULL,
	refused BIGINT NOT NULL,
	captured_by TEXT NOT NULL,
	spool TEXT NOT NULL
);

CREATE INDEX capture_job_state ON capture_job (state, id);

CREATE INDEX capture_job_time ON capture_job (created_us, id);

CREATE TABLE command_command (
	id TEXT NOT NULL PRIMARY KEY,
	device BIGINT NOT NULL,
	name TEXT NOT NULL,
	args TEXT NOT NULL,
	state TEXT NOT NULL,
	class TEXT NOT NULL,
	guarded BIGINT NOT NULL,
	ordered_by TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	repeat_key TEXT NOT NULL,
	job TEXT NOT NULL,
	code TEXT NOT NULL,
	result TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	sent_us BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL
);

CREATE INDEX command_command_device ON command_command (device, id);

CREATE INDEX command_command_due ON command_command (due_us);

CREATE UNIQUE INDEX command_command_repeat ON command_command (device, ordered_by, repeat_key) WHERE repeat_key <> '';

CREATE TABLE command_desired (
	device BIGINT NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	doc TEXT NOT NULL,
	changed_us BIGINT NOT NULL
);

CREATE TABLE content_item (
	name TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

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

CREATE INDEX device_credential_device ON device_credential (device, id);

CREATE UNIQUE INDEX device_credential_digest ON device_credential (digest);

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

CREATE INDEX device_device_household ON device_device (household, no);

CREATE INDEX device_device_item ON device_device (gtin, serial);

CREATE INDEX device_device_model ON device_device (model, no);

CREATE UNIQUE INDEX device_device_name ON device_device (brand, name);

CREATE INDEX device_device_online ON device_device (online, no);

CREATE INDEX device_device_state ON device_device (state, no);

CREATE INDEX device_device_thing ON device_device (thing);

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

CREATE TABLE device_turn (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);

CREATE TABLE intake_dead (
	id TEXT NOT NULL PRIMARY KEY,
	device BIGINT NOT NULL,
	brand TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	via TEXT NOT NULL,
	content_type TEXT NOT NULL,
	reason TEXT NOT NULL,
	body TEXT NOT NULL,
	coded BIGINT NOT NULL,
	times BIGINT NOT NULL,
	state TEXT NOT NULL,
	first_us BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	settled_us BIGINT NOT NULL,
	settled_by TEXT NOT NULL
);

CREATE INDEX intake_dead_alike ON intake_dead (device, kind, state, reason);

CREATE INDEX intake_dead_state ON intake_dead (state, id);

CREATE TABLE journey_contained (
	child TEXT NOT NULL,
	parent TEXT NOT NULL,
	from_us BIGINT NOT NULL,
	to_us BIGINT NOT NULL,
	PRIMARY KEY (child, from_us)
);

CREATE INDEX journey_contained_parent ON journey_contained (parent, child);

CREATE TABLE journey_item (
	key TEXT NOT NULL PRIMARY KEY,
	lot TEXT NOT NULL,
	place TEXT NOT NULL,
	state TEXT NOT NULL
, opened_us BIGINT NOT NULL DEFAULT 0, drained_us BIGINT NOT NULL DEFAULT 0);

CREATE INDEX journey_item_lot ON journey_item (lot, key) WHERE lot <> '';

CREATE INDEX journey_item_place ON journey_item (place, key) WHERE place <> '';

CREATE TABLE keyset_epoch (
	name TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	scheme TEXT NOT NULL,
	mode TEXT NOT NULL,
	layout TEXT NOT NULL,
	meta_slot BIGINT NOT NULL,
	file_slot BIGINT NOT NULL,
	version BIGINT NOT NULL,
	system_id TEXT NOT NULL,
	template TEXT NOT NULL,
	options TEXT NOT NULL,
	keys TEXT NOT NULL,
	check_meta TEXT NOT NULL,
	check_file TEXT NOT NULL,
	test BOOLEAN NOT NULL,
	created_us BIGINT NOT NULL,
	retired_us BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (name, epoch)
);

CREATE TABLE ledger_cursor (
	name TEXT NOT NULL PRIMARY KEY,
	pos BIGINT NOT NULL,
	owner TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	until_us BIGINT NOT NULL,
	reason TEXT NOT NULL
);

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

CREATE TABLE link_check (
	href TEXT NOT NULL PRIMARY KEY,
	ok BOOLEAN NOT NULL,
	status BIGINT NOT NULL,
	moved_to TEXT NOT NULL,
	trouble TEXT NOT NULL,
	checked_us BIGINT NOT NULL
);

CREATE INDEX link_check_age ON link_check (checked_us, href);

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

CREATE TABLE link_version (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);

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

CREATE TABLE passport_file (
	path TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	bytes BIGINT NOT NULL,
	data TEXT NOT NULL,
	PRIMARY KEY (path, sha256)
);

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

CREATE TABLE place_signer (
	id BIGINT NOT NULL PRIMARY KEY,
	public TEXT NOT NULL,
	secret TEXT NOT NULL,
	created_us BIGINT NOT NULL
);

CREATE TABLE place_version (
	id BIGINT NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL
);

CREATE TABLE product_brand (
	slug TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

CREATE TABLE product_image (
	name TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	hash TEXT NOT NULL,
	data TEXT NOT NULL
);

CREATE INDEX product_image_hash ON product_image (hash);

CREATE TABLE product_item (
	gtin TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

CREATE TABLE product_model (
	name TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

CREATE TABLE product_version (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);

CREATE TABLE reading_checkpoint (
	device BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	id TEXT NOT NULL,
	program TEXT NOT NULL,
	detectors TEXT NOT NULL,
	adopted BIGINT NOT NULL,
	PRIMARY KEY (device, at_us, id)
);

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

CREATE TABLE reading_turn (
	device BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	passed_us BIGINT NOT NULL
);

CREATE INDEX reading_turn_due ON reading_turn (due_us);

CREATE TABLE repository_attribute (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	attribute TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (kind, key, attribute)
);

CREATE INDEX repository_attribute_value ON repository_attribute (kind, attribute, value);

CREATE TABLE repository_body (
	id BIGINT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL
);

CREATE TABLE repository_child (
	kind TEXT NOT NULL,
	parent TEXT NOT NULL,
	child TEXT NOT NULL,
	PRIMARY KEY (kind, parent, child)
);

CREATE TABLE repository_epc (
	key TEXT NOT NULL,
	id BIGINT NOT NULL,
	role BIGINT NOT NULL,
	PRIMARY KEY (key, id, role)
);

CREATE TABLE repository_event (
	id BIGINT NOT NULL PRIMARY KEY,
	event_id TEXT NOT NULL,
	declared_us BIGINT NOT NULL,
	hash TEXT NOT NULL,
	type TEXT NOT NULL,
	action TEXT NOT NULL,
	event_us BIGINT NOT NULL,
	record_us BIGINT NOT NULL,
	biz_step TEXT NOT NULL,
	disposition TEXT NOT NULL,
	read_point TEXT NOT NULL,
	biz_location TEXT NOT NULL,
	capture TEXT NOT NULL,
	captured_by TEXT NOT NULL,
	UNIQUE (event_id, declared_us)
);

CREATE INDEX repository_event_disposition ON repository_event (disposition, id);

CREATE INDEX repository_event_hash ON repository_event (hash);

CREATE INDEX repository_event_location ON repository_event (biz_location, id);

CREATE INDEX repository_event_point ON repository_event (read_point, id);

CREATE INDEX repository_event_step ON repository_event (biz_step, id);

CREATE INDEX repository_event_time ON repository_event (event_us, id);

CREATE TABLE repository_facet (
	id BIGINT NOT NULL,
	role BIGINT NOT NULL,
	name TEXT NOT NULL,
	inner_part BOOLEAN NOT NULL,
	value TEXT NOT NULL,
	number DOUBLE PRECISION,
	canon DOUBLE PRECISION,
	dimension TEXT NOT NULL,
	time_us BIGINT
);

CREATE INDEX repository_facet_event ON repository_facet (id, role);

CREATE INDEX repository_facet_value ON repository_facet (role, name, value, id);

CREATE TABLE repository_head (
	id BIGINT NOT NULL PRIMARY KEY,
	last BIGINT NOT NULL,
	recorded_us BIGINT NOT NULL
);

CREATE TABLE repository_vocabulary (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	id TEXT NOT NULL,
	doc TEXT NOT NULL,
	captured_by TEXT NOT NULL,
	PRIMARY KEY (kind, key)
);

CREATE TABLE repository_word (
	role BIGINT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (role, value)
);

CREATE TABLE schema_health (
	id BIGINT NOT NULL PRIMARY KEY,
	probed_us BIGINT NOT NULL
);

CREATE TABLE schema_migration (
	version BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	at_us BIGINT NOT NULL
);

CREATE TABLE standing_query (
	name TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	made_by TEXT NOT NULL
);

CREATE TABLE story_tally (
	hour_us BIGINT NOT NULL,
	gtin TEXT NOT NULL,
	market TEXT NOT NULL,
	what TEXT NOT NULL,
	code TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (hour_us, gtin, market, what, code)
);

CREATE TABLE subscription_row (
	id TEXT NOT NULL PRIMARY KEY,
	query_name TEXT NOT NULL,
	dest TEXT NOT NULL,
	secret TEXT NOT NULL,
	schedule TEXT NOT NULL,
	report_empty BOOLEAN NOT NULL,
	format TEXT NOT NULL,
	viewer TEXT NOT NULL,
	made_by TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	initial_us BIGINT NOT NULL,
	position BIGINT NOT NULL,
	min_record_us BIGINT NOT NULL,
	notified_us BIGINT NOT NULL,
	next_us BIGINT NOT NULL,
	batch BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	suspended BOOLEAN NOT NULL,
	reason TEXT NOT NULL,
	owner TEXT NOT NULL,
	until_us BIGINT NOT NULL
);

CREATE INDEX subscription_row_due ON subscription_row (suspended, next_us);

CREATE INDEX subscription_row_query ON subscription_row (query_name, id);

CREATE TABLE tag_chip (
	id TEXT NOT NULL PRIMARY KEY,
	set_name TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	uid TEXT NOT NULL,
	gtin TEXT NOT NULL,
	serial TEXT NOT NULL,
	status TEXT NOT NULL,
	last_ctr BIGINT NOT NULL,
	last_us BIGINT NOT NULL DEFAULT 0,
	last_op TEXT NOT NULL DEFAULT '',
	taps BIGINT NOT NULL DEFAULT 0,
	first_us BIGINT NOT NULL DEFAULT 0,
	sealed_us BIGINT NOT NULL DEFAULT 0,
	sealed_by TEXT NOT NULL DEFAULT '',
	shared BOOLEAN NOT NULL DEFAULT FALSE,
	rev BIGINT NOT NULL DEFAULT 0,
	simulated BOOLEAN NOT NULL,
	batch TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	UNIQUE (set_name, epoch, uid),
	FOREIGN KEY (set_name, epoch) REFERENCES keyset_epoch (name, epoch)
);

CREATE INDEX tag_chip_item ON tag_chip (gtin, serial);

CREATE TABLE tag_virtual (
	chip TEXT NOT NULL PRIMARY KEY REFERENCES tag_chip (id) ON DELETE CASCADE,
	counter BIGINT NOT NULL,
	loop_open BOOLEAN NOT NULL,
	latched BOOLEAN NOT NULL,
	last_url TEXT NOT NULL
);

CREATE TABLE thing_count (
	gtin TEXT NOT NULL PRIMARY KEY,
	made BIGINT NOT NULL,
	sealed BIGINT NOT NULL,
	sold BIGINT NOT NULL,
	opened BIGINT NOT NULL,
	drained BIGINT NOT NULL,
	alarmed BIGINT NOT NULL
);

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

CREATE INDEX thing_item_alarmed ON thing_item (id) WHERE alarmed;

CREATE INDEX thing_item_lot ON thing_item (lot, id) WHERE lot <> '';

CREATE INDEX thing_item_product ON thing_item (gtin, id);

CREATE INDEX thing_item_serial ON thing_item (serial);

CREATE INDEX thing_item_stage ON thing_item (stage, id);

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

CREATE TABLE vault_key (
	id TEXT NOT NULL PRIMARY KEY,
	root TEXT NOT NULL,
	wrapped TEXT NOT NULL,
	made_us BIGINT NOT NULL,
	forgotten_us BIGINT NOT NULL
);

CREATE INDEX vault_key_root ON vault_key (root);

CREATE TABLE vault_root (
	id BIGINT NOT NULL PRIMARY KEY,
	root TEXT NOT NULL,
	since_us BIGINT NOT NULL
);
