-- What was answered to a write with an Idempotency-Key. status is 0 while the
-- first attempt runs.
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
