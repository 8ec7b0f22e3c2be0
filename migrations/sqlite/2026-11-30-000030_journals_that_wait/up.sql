-- When somebody's account was last given another address, and until when their journal waits since a password was chosen after that.
ALTER TABLE people ADD COLUMN address_changed_at TIMESTAMP;
ALTER TABLE people ADD COLUMN journal_waits_until TIMESTAMP;
